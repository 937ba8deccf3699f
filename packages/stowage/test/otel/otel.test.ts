/** stowage/otel, told to OpenTelemetry's own SDK. */
import * as api from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as lib from "../metrics/lib.js";
import { scenes } from "./scenes.js";
import { startSdk, type Told } from "./sdk.js";

describe("instrument", () => {
  let told: Told;
  beforeEach(() => {
    told = startSdk();
  });
  afterEach(() => told.close());

  for (const [name, scene] of Object.entries(scenes)) it(name, () => scene(lib, told));

  it("takes the API as it is imported, or what is registered", async () => {
    api.trace.setGlobalTracerProvider(told.api.trace as never);
    try {
      for (const options of [undefined, { api }]) {
        const users = new lib.Cache<string, number>();
        const instrumentation = lib.instrument({ users }, options);
        await users.fetch("a", async () => 1);
        instrumentation.stop();
        users.close();
      }
    } finally {
      api.trace.disable();
    }
    expect(told.spans().map(({ name }) => name)).toEqual([
      "load users",
      "fetch users",
      "load users",
      "fetch users",
    ]);
  });
});
