/** The whole client against a naive map: over one real server, and over three; with batches, without, with small ones. */
import { type Server, startServer } from "stowage-server";
import { afterAll, beforeAll, describe, it } from "vitest";
import { Client, nearCache } from "../../../src/client/index.js";
import type { ClientOptions } from "../../../src/client/types.js";
import { checkClient } from "./model.js";

let servers: Server[];

beforeAll(async () => {
  servers = await Promise.all(
    [1, 2, 3].map(() => startServer({ port: 0, workers: 1, "log-level": "silent" })),
  );
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

const settings: Readonly<Record<string, ClientOptions>> = {
  "as it is": {},
  "with small batches": { batch: { max: 2 }, connections: 2 },
  "without batches": { batch: false, connections: 3 },
  "over fetch": { fetchWith: fetch },
};

describe("the client is a map", () => {
  for (const [name, options] of Object.entries(settings))
    for (const count of [1, 3])
      it(`${name}, over ${count}`, async () => {
        using client = new Client({
          urls: servers.slice(0, count).map(({ url }) => url),
          timeout: "30s",
          ...options,
        });
        await checkClient(client, 40);
      });

  it("with a near cache, over 3", async () => {
    using client = new Client({ urls: servers.map(({ url }) => url), timeout: "30s", near: nearCache() });
    await checkClient(client, 60);
  });
});
