/** A route: what it answers to, who may call it, what it does. All of them stand in routes/index.ts. */
import type { Scope } from "../access/types.js";
import type { WorkerContext } from "../context.js";
import { UNROUTED } from "../observe/index.js";
import type { Exchange } from "./exchange.js";

export interface Route {
  /** For metrics and logs: `cache_get`. */
  readonly name: string;
  readonly method: string;
  /** `/cache/get`, or with one segment left open, as in `/v1/keys/{key}/lease`. */
  readonly path: string;
  /** `open`: without a token. */
  readonly scope: Scope | "open";
  /** Its requests may wait on purpose (long polls, streams): they are not slow, and say nothing about the server's speed. */
  readonly waits?: boolean;
  /**
   * Answers by one of the exchange's replies, now or, if it returns a promise, before that is settled. What it throws is
   * answered too: a Fault as it says, anything else as 500.
   */
  handle(exchange: Exchange, context: WorkerContext): void | Promise<void>;
}

/** What requests are counted under that met no route: unknown paths, preflights, what could not be read. */
export const unrouted: Route = Object.freeze({
  name: UNROUTED,
  method: "",
  path: "",
  scope: "admin",
  handle() {},
});
