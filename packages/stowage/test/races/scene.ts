/** The stage of the written-out races: a cache on a fake clock, and loads that the test ends by hand. Made anew for each test. */
import { Cache } from "stowage";
import { deferred, FakeClock } from "stowage/testing";
import { afterEach, beforeEach, expect } from "vitest";

interface Load {
  readonly key: string;
  readonly signal: AbortSignal;
  resolve(value: string): void;
  reject(error: unknown): void;
}

export interface Scene {
  clock: FakeClock;
  cache: Cache<string, string>;
  /** The loads begun so far, in order. */
  loads: Load[];
  /** The loader to give to fetch. */
  load(key: string, context: { signal: AbortSignal }): Promise<string>;
}

/** Called at the top of a test file: the scene is there in each test, verified and closed after it. */
export function setScene(): Scene {
  const scene: Scene = {
    clock: new FakeClock(),
    cache: new Cache<string, string>(),
    loads: [],
    load(key, { signal }) {
      const gate = deferred<string>();
      scene.loads.push({ ...gate, key, signal });
      return gate.promise;
    },
  };
  beforeEach(() => {
    scene.clock = new FakeClock();
    scene.cache = new Cache<string, string>({ clock: scene.clock });
    scene.loads = [];
  });
  afterEach(() => {
    if (!scene.cache.closed) scene.cache.verify();
    scene.cache.close();
    expect(scene.clock.pending, "timers left").toBe(0);
  });
  return scene;
}
