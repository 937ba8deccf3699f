/** The server store keeps every promise of a store, over one server and over two. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { storeSuite } from "../../../src/testing/store-suite.js";
import { Servers } from "./servers.js";
import { serverSubject } from "./subject.js";

for (const [name, count] of [
  ["ServerStore", 1],
  ["ServerStore over two servers", 2],
] as const) {
  describe(name, () => {
    const servers = new Servers();
    beforeAll(() => servers.start(count));
    afterAll(() => servers.close());
    storeSuite(serverSubject(name, servers), { describe, it });
  });
}
