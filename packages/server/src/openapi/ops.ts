/** Probes, metrics and this document, in the OpenAPI document. */
import { answer, object, type Part, ref, responses } from "./parts.js";

const tags = ["operation"];
/** Needs no token. */
const security: readonly Part[] = [];
const fault = ref("responses", "Fault");
const plain = (description: string, type: string, body: Part): Part => ({
  description,
  headers: { "x-request-id": ref("headers", "x-request-id") },
  content: { [type]: { schema: body } },
});

export const opsPaths: Part = {
  "/health": {
    get: {
      operationId: "health",
      tags,
      security,
      summary: "Whether the process lives",
      responses: { "200": answer("It does.", object({ status: { const: "healthy" } })), default: fault },
    },
  },
  "/ready": {
    get: {
      operationId: "ready",
      tags,
      security,
      summary: "Whether requests should come here",
      responses: {
        "200": answer("They should.", object({ status: { const: "ready" } })),
        "503": answer(
          "Not now: it starts, loads its snapshot, or stops.",
          object({
            status: { enum: ["starting", "loading", "draining"] },
            error: { type: "string" },
            code: { const: "not_ready" },
          }),
          ["retry-after"],
        ),
        default: fault,
      },
    },
  },
  "/metrics": {
    get: {
      operationId: "metrics",
      tags,
      summary: "Metrics for Prometheus",
      description: "Needs the scope admin.",
      responses: responses({ "200": plain("In its text format.", "text/plain", { type: "string" }) }),
    },
  },
  "/openapi.json": {
    get: {
      operationId: "openapi",
      tags,
      summary: "This document",
      responses: responses({ "200": plain("OpenAPI 3.1.", "application/json", { type: "object" }) }),
    },
  },
};
