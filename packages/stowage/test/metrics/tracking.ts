/** What a scene that fails leaves behind listens on channels of the whole process: it is closed for it. */
import type * as library from "./lib.js";

type Lib = typeof library;

export function tracking(lib: Lib): { lib: Lib; close: () => void } {
  const made: (() => void)[] = [];
  class PrometheusMetrics extends lib.PrometheusMetrics {
    constructor(...args: ConstructorParameters<Lib["PrometheusMetrics"]>) {
      super(...args);
      made.push(() => this.close());
    }
  }
  const instrument: Lib["instrument"] = (...args) => {
    const instrumentation = lib.instrument(...args);
    made.push(() => instrumentation.stop());
    return instrumentation;
  };
  const close = () => {
    for (const end of made.splice(0)) end();
  };
  return { lib: { ...lib, PrometheusMetrics, instrument }, close };
}
