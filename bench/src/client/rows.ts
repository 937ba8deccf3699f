/** The rows of the table, in order. */
import type { RowInfo } from "../harness/suite.js";

export type Verb = "get" | "set" | "remember" | "near";

export interface Row extends RowInfo {
  verb: Verb;
  /** Calls that are under way at one time; the next ones begin when all of them have ended. */
  together: number;
}

const row = (title: string, verb: Verb, together = 1): Row => ({ title, unit: "ops/s", verb, together });

export const rows = {
  get: row("get, one at a time", "get"),
  set: row("set, one at a time", "set"),
  "get-100": row("100 gets at one time", "get", 100),
  "set-100": row("100 sets at one time", "set", 100),
  remember: row("remember, hit, one at a time", "remember"),
  "remember-100": row("remember, hit, 100 at one time", "remember", 100),
  near: row("get, near-cache hit", "near"),
} satisfies Record<string, Row>;

export type RowName = keyof typeof rows;
