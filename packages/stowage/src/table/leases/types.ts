/** What leases look like to users of the table. */
import type { Duration } from "../../base/duration.js";

/** What `lease` takes. */
export interface LeaseOptions {
  /**
   * After this time, others may get the lease although it was not given back; null: not before its thread has ended.
   * Default: `"10s"`.
   */
  ttl?: Duration | null;
  /** Also when it is known that there is nothing to fill it with. Default: false. */
  overNothing?: boolean;
}

/** What `foundNothing` takes. */
export interface NothingOptions {
  /** For how long it is remembered. Default: not at all. */
  for?: Duration;
  /** What the entry would have borne: once one of them is invalidated, nothing is remembered any more. */
  tags?: readonly string[];
}

/** What `lease` answers. `version` is that of the entry which is there now, for `getEntry`; 0: none. */
export type LeaseAnswer = LeaseGranted | LeaseRefused;

/** The caller is the one to fill the key. */
export interface LeaseGranted {
  readonly granted: true;
  /** For `fill` and `release`, from any thread; a safe integer above 0 that is not given out again. */
  readonly token: number;
  readonly version: number;
}

/** Somebody else fills the key, or it is known that there is nothing to fill it with. */
export interface LeaseRefused {
  readonly granted: false;
  /** `"held"`: by another caller. `"nothing"`: its loader found nothing. `"crowded"`: too many leases at a time. */
  readonly reason: "held" | "nothing" | "crowded";
  /** Milliseconds until that ends by itself; null: not by time. Ask again then, or sooner. */
  readonly leftMs: number | null;
  readonly version: number;
}
