/** A scene: what loading promises, as a function that throws where it does not hold, so that it can be run on broken sources. */
import assert from "node:assert/strict";
import { settle } from "stowage/testing";
import { Fleet } from "./fleet.js";
import { Source } from "./source.js";

export interface Scene {
  readonly name: string;
  run(): Promise<void>;
}

/** Against scenes that hang on broken sources. */
const LIMIT_MS = 4_000;

export function scene(name: string, play: (fleet: Fleet, source: Source) => Promise<void>): Scene {
  return {
    name,
    async run() {
      const fleet = new Fleet();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${name}: it hangs`)), LIMIT_MS);
      });
      try {
        await Promise.race([play(fleet, new Source()), late]);
      } finally {
        clearTimeout(timer);
        fleet.close();
        await settle();
      }
      assert.equal(fleet.clock.pending, 0, "timers left");
    },
  };
}

/** What a promise came to; `pending` while it has not. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  await settle();
  return Promise.race([
    promise.catch((error) => ({ error })),
    new Promise((resolve) => setImmediate(resolve, "pending")),
  ]);
}

/** The error that it was rejected with. */
export async function failure(
  promise: Promise<unknown>,
): Promise<{ code?: string; message?: string } & object> {
  return promise.then(
    (value) => assert.fail(`it was not rejected, but gave ${JSON.stringify(value)}`),
    (error) => error,
  );
}
