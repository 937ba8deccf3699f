/** The routes below /v1, for clients of any kind. */
import type { Route } from "../../http/route.js";
import { batch } from "./batch/batch.js";
import { followChanges } from "./changes.js";
import { invalidate } from "./invalidate.js";
import { deleteKey } from "./keys/delete.js";
import { getKey } from "./keys/get.js";
import { putKey } from "./keys/put.js";
import { leaseKey } from "./lease/lease.js";
import { releaseLease } from "./lease/release.js";

const key = "/v1/keys/{key}";

export const v1Routes: readonly Route[] = [
  { name: "v1_get", method: "GET", path: key, scope: "read", handle: getKey },
  { name: "v1_put", method: "PUT", path: key, scope: "write", handle: putKey },
  { name: "v1_delete", method: "DELETE", path: key, scope: "write", handle: deleteKey },
  { name: "v1_lease", method: "POST", path: `${key}/lease`, scope: "write", waits: true, handle: leaseKey },
  { name: "v1_release", method: "DELETE", path: `${key}/lease`, scope: "write", handle: releaseLease },
  // Of reads alone; the plan knows.
  { name: "v1_batch", method: "POST", path: "/v1/batch", scope: "read", handle: batch },
  { name: "v1_invalidate", method: "POST", path: "/v1/invalidate", scope: "write", handle: invalidate },
  {
    name: "v1_changes",
    method: "GET",
    path: "/v1/changes",
    scope: "read",
    waits: true,
    handle: followChanges,
  },
];
