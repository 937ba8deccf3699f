/** The routes below /cache: Lix Cache's API. */
import type { Route } from "../../http/route.js";
import { batchRoute } from "./batch.js";
import { clearRoute } from "./clear.js";
import { decrRoute, incrRoute } from "./counters.js";
import { deleteRoute } from "./delete.js";
import { getRoute } from "./get.js";
import { scanRoute } from "./scan.js";
import { setRoute } from "./set.js";
import { statsRoute } from "./stats.js";

export const cacheRoutes: readonly Route[] = [
  getRoute,
  setRoute,
  deleteRoute,
  incrRoute,
  decrRoute,
  batchRoute,
  scanRoute,
  clearRoute,
  statsRoute,
];
