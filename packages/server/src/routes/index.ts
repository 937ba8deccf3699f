/** Every route of the server. */
import type { Route } from "../http/route.js";
import { openapiRoute } from "../openapi/index.js";
import { cacheRoutes } from "./cache/index.js";
import { opsRoutes } from "./ops/index.js";
import { v1Routes } from "./v1/index.js";

export const routes: readonly Route[] = [...cacheRoutes, ...v1Routes, ...opsRoutes, openapiRoute];
