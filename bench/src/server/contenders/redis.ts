/** Redis over its own protocol, asked by the generator that asks everybody. */
import { versionOrNone } from "../../harness/programs.js";
import { findRedis, redisProgram, startRedis } from "../../harness/redis-server.js";
import { bulk, command, type Exchange, type Operation, times } from "../exchanges.js";
import { anyNumber, jsonOf, keyOf, nextKey } from "../items.js";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  package: null,
  version: () => versionOrNone(redisProgram),
  heading: "Redis",
  protocol: "resp",
  missing: () => (findRedis() === undefined ? redisProgram.howToInstall : undefined),
  oneThread: true,
  exchange: redisExchange,
  async start({ prefix }) {
    const { port, pid, end } = await startRedis(prefix);
    return { port, pids: [pid], end };
  },
};

export function redisExchange(operation: Operation): Exchange {
  switch (operation.verb) {
    case "get": {
      const { family } = operation;
      const answer = bulk(jsonOf(family, nextKey));
      return { request: command("GET", keyOf(family)), answer };
    }
    case "miss":
      return { request: command("GET", keyOf("none")), answer: "$-1\r\n" };
    case "set": {
      const { family } = operation;
      return { request: command("SET", keyOf(family), jsonOf(family)), answer: "+OK\r\n" };
    }
    case "incr":
      return { request: command("INCR", keyOf("counter")), answer: `:${anyNumber}\r\n` };
    case "batch": {
      const { keys } = operation;
      const value = bulk(jsonOf("small", nextKey));
      return {
        request: command("MGET", ...times(keys, keyOf("small"))),
        answer: `*${keys}\r\n${times(keys, value).join("")}`,
      };
    }
  }
}
