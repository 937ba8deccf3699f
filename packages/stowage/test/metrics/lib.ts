/** What the scenes of prometheus and otel are played with; bundled anew for each broken version. */
export { Cache } from "../../src/cache/cache.js";
export { Client } from "../../src/client/index.js";
export { instrument } from "../../src/otel/index.js";
export { PrometheusMetrics } from "../../src/prometheus/index.js";
export { SharedCache } from "../../src/table/index.js";
export { FakeClock } from "../../src/testing/fake-clock.js";
