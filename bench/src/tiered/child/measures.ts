/** How each row is measured. */
import * as probes from "../probes/index.js";
import type { RowName } from "../rows.js";
import type { Measure } from "./context.js";
import { getMany, l1Hit, l1HitAtOnce, l2Hit } from "./reads.js";
import { miss, set, tag } from "./writes.js";

export const measures: Record<RowName, Measure> = {
  "l1-hit": l1Hit,
  "l1-hit-at-once": l1HitAtOnce,
  "l2-hit": l2Hit,
  miss,
  set,
  "get-many": getMany,
  tag,
  "delete-during-load": probes.deleteDuringLoad,
  "delete-elsewhere": probes.deleteElsewhere,
  "tag-during-load": probes.tagDuringLoad,
  "newer-set": probes.newerSet,
  "failing-loader": probes.failingLoader,
  stampede: probes.stampede,
  "stampede-fleet": probes.stampedeInFleet,
  "l2-hang": probes.l2Hang,
};
