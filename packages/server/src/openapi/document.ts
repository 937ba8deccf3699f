/** The OpenAPI document (3.1): every route of the server, put together once. */
import { cachePaths } from "./cache.js";
import { components } from "./components.js";
import { opsPaths } from "./ops.js";
import type { Part } from "./parts.js";
import { v1Paths } from "./v1.js";

export const document: Part = {
  openapi: "3.1.0",
  info: {
    title: "Stowage",
    version: "1",
    license: { name: "MIT", identifier: "MIT" },
    description:
      "A cache server. /cache is Lix Cache's API, of JSON values; /v1 is for values of any type, with conditions, leases, invalidation and a feed of changes. Both see the same entries.",
  },
  servers: [{ url: "/" }],
  security: [{ token: [] }, {}],
  tags: [
    { name: "cache", description: "Lix Cache's API: JSON values." },
    { name: "keys", description: "Values of any type." },
    {
      name: "leases",
      description: "One client fills a key that is missing; the others wait, or take the old value.",
    },
    { name: "batches", description: "Many operations in one request, for clients that gather them." },
    { name: "invalidation" },
    { name: "changes" },
    { name: "operation", description: "Probes, metrics, this document." },
  ],
  paths: { ...cachePaths, ...v1Paths, ...opsPaths },
  components,
};
