/** The suites and scenes fail on stores and buses that are broken: each is built from sources with one edit. */
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importEdited, misfitsOf } from "../../../../../scripts/build/edited.js";
import { RedisServer } from "../../support/redis.js";
import { mutants } from "./mutants.js";
import { type Place, scenes } from "./scenes.js";

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));
const entry = new URL("./scenes.ts", import.meta.url);

let server: RedisServer;
let place: Place;

beforeAll(async () => {
  server = await RedisServer.start();
  const connect = (port: number) => {
    const client = new Redis(port, { retryStrategy: () => 10, maxRetriesPerRequest: 0 });
    return client.on("error", () => undefined);
  };
  place = { port: server.port, client: connect(server.port), connect };
  // Broken stores are not closed, and go on listening.
  place.client.setMaxListeners(0);
});

afterAll(async () => {
  place.client.disconnect();
  await server.stop();
});

describe("the scenes find a store or a bus that", () => {
  for (const { name, scene, edit } of mutants)
    it(name, async () => {
      const broken = await importEdited<typeof import("./scenes.js")>(entry, { sources, edits: [edit] });
      await expect(broken.scenes[scene](place), scene).rejects.toThrow();
    });
});

describe("the list of mutants", () => {
  it("fits the sources", () => {
    const edits = mutants.map(({ edit }) => edit);
    expect(misfitsOf(sources, edits)).toEqual([]);
  });

  it("is run by scenes that find nothing wrong with what is not broken", async () => {
    for (const scene of new Set(mutants.map((mutant) => mutant.scene))) await scenes[scene](place);
  });
});
