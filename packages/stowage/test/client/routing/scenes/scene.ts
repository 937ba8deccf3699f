import { type Expected, ok, rejects } from "../../../../src/testing/check.js";

/** A scene is a test that can run against the sources and against sources that are broken on purpose alike. */
export interface Scene {
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

/** A scene that takes longer hangs. Nothing in them waits for real time; only the DNS ones do I/O. */
const limitMs = 5_000;

/** What is wrong, or undefined. */
export async function faultOf({ run }: Scene): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still waiting after ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([run(), late]);
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** As `rejects`, for a promise that is waited for later. */
export function rejection(ready: Promise<void> | undefined, expected: Expected | string): Promise<Error> {
  ok(ready !== undefined, "nothing to wait for");
  const promise = rejects(ready as Promise<void>, expected);
  promise.catch(() => undefined);
  return promise;
}
