/** The rows of the table, in order: figures first, then probes, each of which is passed or not. */
import type { RowInfo } from "../harness/suite.js";

export interface Row extends RowInfo {
  kind: "figure" | "probe";
}

const figure = (title: string): Row => ({ title, unit: "ops/s", kind: "figure" });
const probe = (title: string): Row => ({ title, unit: "pass", kind: "probe" });

export const rows = {
  "l1-hit": figure("get, L1 hit"),
  "l1-hit-at-once": figure("L1 hit by a verb without a promise"),
  "l2-hit": figure("get, L2 hit"),
  miss: figure("fetch, miss"),
  set: figure("set"),
  "get-many": figure("getMany of 100, L2 hits"),
  tag: figure("invalidate a tag of 100 entries"),
  "delete-during-load": probe("delete during a load"),
  "delete-elsewhere": probe("delete by another process during a load"),
  "tag-during-load": probe("tag invalidation during a load"),
  "newer-set": probe("load that ends after a newer set"),
  "failing-loader": probe("failing loader"),
  stampede: probe("stampede of one key: one load"),
  "stampede-fleet": probe("the same in two processes: one load"),
  "l2-hang": probe("L2 hangs: the loader answers"),
} satisfies Record<string, Row>;

export type RowName = keyof typeof rows;
export const probeNames = (Object.keys(rows) as RowName[]).filter((name) => rows[name].kind === "probe");
