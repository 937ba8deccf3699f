/** The routes below /v1. */
import type { Route } from "../../http/route.js";

export const v1Routes: readonly Route[] = [];
