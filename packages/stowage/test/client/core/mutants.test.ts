/** The scenes fail on a core that is broken: each mutant is the real thing with one edit of its sources. */
import { describe, expect, it } from "vitest";
import { broken, type Edit } from "../support/mutants.js";
import type * as scenesModule from "./scenes.js";

const server = "core/server.ts";
const client = "core/core-client.ts";
const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });

const mutants: readonly [name: string, scene: string, edit: Edit][] = [
  [
    "forgets the token",
    "the token goes along",
    edit(server, "...this.#headers, ...request.headers", "...request.headers"),
  ],
  ["asks at the wrong place", "many at a time", edit(server, "this.url, {", '"http://other", {')],
  [
    "has all requests under way at once",
    "at most four requests are under way",
    edit(server, "const BATCHES_MAX = 4", "const BATCHES_MAX = 400"),
  ],
  [
    "waits for ever",
    "no answer within the timeout",
    edit(server, "() => controller.abort(new RequestTimeoutError(attempt, timeoutMs))", "() => undefined"),
  ],
  ["leaves its timers behind", "many at a time", edit(server, "      clock.clearTimer(timer);\n", "")],
  [
    "does not give a request up",
    "a call that is given up rejects with its reason, and takes its request with it",
    edit(server, "signal && onAbort(", "undefined && onAbort("),
  ],
  [
    "lets requests go on after close",
    "close ends what is under way, what waits, and what comes",
    edit(server, "for (const controller of this.#controllers) controller.abort(error);", ""),
  ],
  [
    "answers after close",
    "close ends what is under way, what waits, and what comes",
    edit(server, "    this.isClosed = true;\n    this.#batcher.close(error);\n", ""),
  ],
  [
    "does not say which server is away",
    "a server that is away is named, and asked again by the next call",
    edit(server, "if (!(fault instanceof TransportError)) throw fault;", "throw fault;"),
  ],
  [
    "takes any server for its own",
    "options of calls are checked",
    edit(
      server,
      "if (local === undefined || local === this.url) return this;",
      "if (true as boolean) return this;",
    ),
  ],
  [
    "forgets its ttl",
    "what is set without a lifetime has the client's",
    edit(client, "ttl: bound.ttl", "ttl: undefined"),
  ],
];

const failed = async (name: string, ...edits: Edit[]): Promise<boolean> => {
  const { scenes } = await broken<typeof scenesModule>(new URL("./scenes.ts", import.meta.url), ...edits);
  const hung = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 2_000));
  const ran = scenes[name]().then(
    () => false,
    () => true,
  );
  return Promise.race([ran, hung]);
};

describe("the scenes find a core that", () => {
  for (const [name, scene, mutant] of mutants)
    it(name, async () => expect(await failed(scene, mutant)).toBe(true));

  it("is not broken, and find nothing", async () => {
    for (const scene of new Set(mutants.map(([, each]) => each))) expect(await failed(scene)).toBe(false);
  });
});
