/** invoke: the user's own verbs, declared when the cache was made. */
import { InvalidArgumentError, UnknownCommandError } from "../../base/errors.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";
import { readOne } from "./read.js";
import { storeNext } from "./update.js";

export function invoke<K, V>(s: State<K, V>, name: string, key: K, ...args: unknown[]): unknown {
  const command = s.options.commands.get(name);
  if (command === undefined) throw new UnknownCommandError(name, s.options.commands.keys());
  s.stats.calls[verbIndex.invoke]++;
  const result = command.execute?.(readOne(s, key), ...args);
  return command.type === "read" ? result : write(s, name, key, result);
}

function write<K, V>(s: State<K, V>, name: string, key: K, result: unknown): unknown {
  if (!Array.isArray(result) || result.length !== 2) {
    throw new InvalidArgumentError(
      "invoke",
      `the result of the write command "${name}"`,
      result,
      "[returned, value to store]",
    );
  }
  const [returned, stored] = result;
  if (stored !== undefined) storeNext(s, key, stored as V, undefined, "invoke");
  return returned;
}
