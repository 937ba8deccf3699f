/** invoke: the user's own verbs, declared when the cache was made. */
import { InvalidArgumentError, UnknownCommandError } from "../../base/errors.js";
import type { BoundCommand } from "../options.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";
import { readOne } from "./read.js";
import { storeNext } from "./update.js";

export function invoke<K, V>(s: State<K, V>, name: string, key: K, ...args: unknown[]): unknown {
  const command = commandOf(s.options.commands, name);
  s.stats.calls[verbIndex.invoke]++;
  const result = command.execute?.(readOne(s, key), ...args);
  if (command.type === "read") return result;
  const [returned, stored] = writtenBy(name, result);
  if (stored !== undefined) storeNext(s, key, stored as V, undefined, "invoke");
  return returned;
}

export function commandOf(commands: ReadonlyMap<string, BoundCommand>, name: string): BoundCommand {
  const command = commands.get(name);
  if (command === undefined) throw new UnknownCommandError(name, commands.keys());
  return command;
}

/** What a write command gave, checked: what to return and what to store. */
export function writtenBy(name: string, result: unknown): readonly [returned: unknown, stored: unknown] {
  if (!Array.isArray(result) || result.length !== 2) {
    throw new InvalidArgumentError(
      "invoke",
      `the result of the write command "${name}"`,
      result,
      "[returned, value to store]",
    );
  }
  return [result[0], result[1]];
}
