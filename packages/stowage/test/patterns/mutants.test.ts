/** The scenes fail on patterns that are broken: each mutant is the real one with one edit of its sources. */
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../scripts/build/edited.js";
import { RedisServer } from "../support/redis.js";
import { sceneMutants } from "../support/scene-mutants.js";
import { memoryMutants, redisMutants, throughMutants } from "./mutants.js";

const sources = fileURLToPath(new URL("../../src/", import.meta.url));
const entry = new URL("./scenes-run.ts", import.meta.url);

sceneMutants("patterns around a source", new URL("./through-run.ts", import.meta.url), throughMutants);
sceneMutants("patterns in memory", entry, memoryMutants);

describe("the scenes find patterns in Redis that", () => {
  let server: RedisServer;
  let client: Redis;

  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis(server.port);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  const build = (edits: readonly Edit[]): Promise<typeof import("./scenes-run.js")> =>
    importEdited(entry, { sources, edits });

  for (const { name, edit, foundBy } of redisMutants) {
    it(name, async () => {
      const { faultOverRedis } = await build([edit]);
      expect(await faultOverRedis(foundBy, client)).not.toBe(undefined);
    });
  }

  it("and their list fits the sources", () =>
    expect(
      misfitsOf(
        sources,
        redisMutants.map(({ edit }) => edit),
      ),
    ).toEqual([]));
});
