/** The bus keeps every promise of a bus, over a real PostgreSQL behind a proxy that cuts, and over PGlite. */
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PostgresBus } from "../../../src/stores/postgres/index.js";
import type { BusSubject } from "../../../src/testing/bus-subject.js";
import { busSuite } from "../../../src/testing/bus-suite.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { PostgresServer } from "../../support/postgres.js";
import { lookAtBus } from "../look.js";

const textBytesMax = Number.POSITIVE_INFINITY;

describe("PostgreSQL", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start();
  }, 60_000);

  afterAll(() => server.stop());

  function behindProxy(how: "reset" | "blackhole"): BusSubject {
    return {
      name: `where a cut is a ${how}`,
      textBytesMax,
      sharing: true,
      cuts: true,
      async open() {
        const proxy = await FaultProxy.start({ port: server.port });
        const bus = new PostgresBus({
          url: server.urlAt(proxy.port),
          ping: 40,
          pingTimeout: 400,
          connectTimeout: 400,
        });
        return {
          bus,
          another: () => new PostgresBus({ url: server.url }),
          cut() {
            if (how === "blackhole") return proxy.blackhole();
            proxy.refuse();
            proxy.reset();
          },
          mend: () => proxy.heal(),
          dispose: () => proxy.close(),
        };
      },
    };
  }

  busSuite(behindProxy("reset"), { describe, it });

  it("tells that the connection is half open, and comes back by itself", async () =>
    expect(await lookAtBus(behindProxy("blackhole"))("connection: ")).toBe(undefined));

  busSuite(
    {
      name: "by a Pool that others use as well",
      textBytesMax,
      sharing: true,
      open() {
        const pool = new pg.Pool({ connectionString: server.url });
        return {
          bus: new PostgresBus({ client: pool }),
          another: () => new PostgresBus({ client: pool }),
          dispose: () => pool.end(),
        };
      },
    },
    { describe, it },
  );
});

describe("PGlite", () => {
  let pglite: PGlite;

  beforeAll(async () => {
    pglite = new PGlite();
    await pglite.waitReady;
  }, 60_000);

  afterAll(() => pglite.close());

  busSuite(
    {
      name: "by PGlite",
      textBytesMax,
      sharing: true,
      open: () => ({
        bus: new PostgresBus({ client: pglite }),
        another: () => new PostgresBus({ client: pglite }),
      }),
    },
    { describe, it },
  );
});
