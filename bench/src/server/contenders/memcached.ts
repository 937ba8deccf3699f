/** memcached over its text protocol. */
import { type InstalledProgram, versionOfProgram, versionOrNone } from "../../harness/programs.js";
import { startService } from "../../harness/service.js";
import { type Exchange, type Operation, openBytes, times } from "../exchanges.js";
import { anyNumber, type Family, jsonOf, keyOf } from "../items.js";
import type { Contender } from "./contender.js";

const program: InstalledProgram = {
  program: "memcached",
  args: ["-V"],
  version: /memcached (\S+)/,
  howToInstall:
    "memcached is not installed; `apt-get install memcached` (Debian, Ubuntu) or `brew install memcached` gets it",
};

export const contender: Contender = {
  package: null,
  version: () => versionOrNone(program),
  heading: "memcached",
  protocol: "memcached",
  missing: () => (versionOfProgram(program) === undefined ? program.howToInstall : undefined),
  exchange,
  async start({ prefix, workers }) {
    const flags = ["-l", "127.0.0.1", "-U", "0", "-m", "4096", "-c", "4096", "-t", String(workers)];
    // As root it wants to be told that it may stay so.
    const user = process.getuid?.() === 0 ? ["-u", "root"] : [];
    const { port, pid, end } = await startService({
      name: "memcached",
      command: (port) => [...prefix, "memcached", "-p", String(port), ...flags, ...user],
    });
    return { port, pids: [pid], end };
  },
};

function exchange(operation: Operation): Exchange {
  switch (operation.verb) {
    case "get": {
      const { family } = operation;
      return { request: `get ${keyOf(family)}\r\n`, answer: `${item(family)}END\r\n` };
    }
    case "miss":
      return { request: `get ${keyOf("none")}\r\n`, answer: "END\r\n" };
    case "set": {
      const value = jsonOf(operation.family);
      const request = `set ${keyOf(operation.family)} 0 0 ${openBytes(value)}\r\n${value}\r\n`;
      return { request, answer: "STORED\r\n" };
    }
    case "incr":
      return { request: `incr ${keyOf("counter")} 1\r\n`, answer: `${anyNumber}\r\n` };
    case "batch": {
      const { keys } = operation;
      return {
        request: `get ${times(keys, keyOf("small")).join(" ")}\r\n`,
        answer: `${times(keys, item("small")).join("")}END\r\n`,
      };
    }
  }
}

function item(family: Family): string {
  const value = jsonOf(family);
  return `VALUE ${keyOf(family)} 0 ${openBytes(value)}\r\n${value}\r\n`;
}
