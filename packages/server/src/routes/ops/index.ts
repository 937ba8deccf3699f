/** The routes below /ops. */
import type { Route } from "../../http/route.js";

export const opsRoutes: readonly Route[] = [];
