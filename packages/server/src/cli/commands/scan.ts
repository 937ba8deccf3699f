/** stowage scan: keys, or entries, that begin with a prefix. */
import { type Client, type Entry, getEntry, isJsonType, keysOf, lineOf } from "../../client/index.js";
import { whole } from "../../config/kinds.js";
import { command, option, toggle } from "../command.js";
import { shownKey } from "../keys.js";
import { size } from "../terminal/numbers.js";
import type { Terminal } from "../terminal/terminal.js";

/** Requests for values at one time. */
const connections = 16;

export const scan = command({
  name: "scan",
  about: "list keys, or entries, that begin with a prefix",
  details: `Keys are printed as they are found, a line each, in no order. What is there all the while is listed at least once,
    what comes or goes meanwhile perhaps. Keys with control characters are quoted like JSON; --json quotes all, for scripts
    that must not be fooled by line breaks: {"key": ...}, with --values as the lines of "stowage dump".`,
  arguments: [{ name: "PREFIX", about: "what keys begin with (default: all)", optional: true }],
  options: {
    values: toggle("values too"),
    limit: option(whole(1, 1_000_000_000), "entries at most", null),
    page: option(whole(1, 100_000), "entries a request", 1_000),
  },
  remote: true,
  examples: [
    "stowage scan user: --limit 10",
    "stowage scan --values --json | jq .value",
    "stowage scan | wc -l",
  ],
  async run({ args, options, terminal, client }) {
    const prefix = args[0] ?? "";
    const server = client(options.values ? connections : 1);
    for await (const keys of keysOf(server, prefix, options.limit, options.page)) {
      const lines = options.values
        ? (await entriesOf(server, keys, terminal)).map((entry) =>
            options.json ? lineOf(entry) : rowOf(entry),
          )
        : keys.map((key) => (options.json ? JSON.stringify({ key }) : shownKey(key)));
      if (lines.length > 0) await terminal.line(lines.join("\n"));
    }
    return "done";
  },
});

/** Those of the keys that are still there. */
async function entriesOf(server: Client, keys: readonly string[], { io }: Terminal): Promise<Entry[]> {
  const entries = await Promise.all(keys.map((key) => getEntry(server, key, io.wall)));
  return entries.filter((entry) => entry !== undefined);
}

function rowOf({ key, value, type }: Entry): string {
  const isText = isJsonType(type) || type.startsWith("text/");
  const shown = isText
    ? value.toString("utf8").replaceAll(/\s+/g, " ")
    : `(${size(value.length)} of ${type})`;
  return `${shownKey(key)}\t${shown}`;
}
