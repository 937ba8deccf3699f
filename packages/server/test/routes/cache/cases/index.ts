/**
 * Lix Cache's API as a table: what is sent, and what has to come back. Where Lix crashes or loses something, what Stowage
 * promises instead.
 */
import { batches } from "./batches.js";
import { bodies } from "./bodies.js";
import { rest } from "./common.js";
import { counting } from "./counting.js";
import { otherKinds, scans } from "./scans.js";
import type { Case } from "./steps.js";
import { expiry, keys, storing } from "./storing.js";

export type { Case, Step } from "./steps.js";

export const cases: readonly Case[] = [
  ...storing,
  ...keys,
  ...expiry,
  ...counting,
  ...bodies,
  ...batches,
  ...scans,
  ...otherKinds,
  ...rest,
];
