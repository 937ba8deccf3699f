/** The routes below /cache. */
import type { Route } from "../../http/route.js";

export const cacheRoutes: readonly Route[] = [];
