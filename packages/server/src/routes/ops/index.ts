/** The routes that operate the server: probes and metrics. */
import type { Route } from "../../http/route.js";
import { healthRoute } from "./health.js";
import { metricsRoute } from "./metrics.js";
import { readyRoute } from "./ready.js";

export const opsRoutes: readonly Route[] = [healthRoute, readyRoute, metricsRoute];
