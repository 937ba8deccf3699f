/**
 * The server's routes on a real socket and a real table, in this thread: what route tests run against. Workers and
 * supervisor are left out; test/process has them.
 */
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import pino from "pino";
import type { Clock } from "stowage";
import { SharedTable, type TableOptions } from "stowage/table";
import { HttpServer } from "stowage-http1";
import { type Access, everybody } from "../../src/access/types.js";
import { loadConfig } from "../../src/config/load.js";
import { valueBytesMax } from "../../src/config/settings.js";
import type { WorkerContext } from "../../src/context.js";
import { createStoreMemory, readStoreFigures } from "../../src/durability/figures.js";
import { createFeed, createLeaseBoard } from "../../src/feed/index.js";
import { App } from "../../src/http/app.js";
import type { Route } from "../../src/http/route.js";
import { connectTier } from "../../src/l2/connect.js";
import { createL2Memory, readL2Figures } from "../../src/l2/index.js";
import { createFleet, createFleetMemory, createObserver } from "../../src/observe/index.js";
import { overL2 } from "../../src/routes/fleet/index.js";
import { routes } from "../../src/routes/index.js";

const noAccess: Access = { on: false, generation: 0, identify: () => everybody, admit: () => 0 };

const DAYS = 2 ** 31 - 1;

export interface AppServerOptions {
  /** Flags, as on the command line. */
  args?: readonly string[];
  table?: Partial<TableOptions>;
  clock?: Clock;
  /** Serves the table of that server too, as another worker does. It has to be closed before that one. */
  beside?: AppServer;
  /** Instead of the server's own. */
  routes?: readonly Route[];
  /** Parts to put in the place of what is used otherwise. */
  context?: Partial<WorkerContext>;
}

export interface AppServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly table: SharedTable;
  readonly context: WorkerContext;
  /** What workers share beside the table. */
  readonly board: SharedArrayBuffer;
  readonly l2Memory: SharedArrayBuffer;
  readonly serverId: string;
  close(): Promise<void>;
}

export async function startAppServer(options: AppServerOptions = {}): Promise<AppServer> {
  const { args = [] } = options;
  const memory = args.includes("--memory") ? [] : ["--memory", "16mb"];
  const { config } = loadConfig({ args: [...memory, ...args], env: {} });
  const { clock, beside } = options;
  const worker = beside ? beside.context.worker + 1 : 0;
  const table = beside
    ? SharedTable.attach(beside.table.handle, { ...(clock && { clock }) })
    : SharedTable.create({
        memory: config.memory!,
        maxValueSize: valueBytesMax(config),
        ...(config.max !== null && { max: config.max }),
        ...(config.ttl !== null && { ttl: config.ttl }),
        ...(clock && { clock }),
        ...options.table,
      });
  const now = () => clock?.now() ?? performance.now();
  const fleetMemory = createFleetMemory(worker + 1, routes, now);
  const board = beside?.board ?? createLeaseBoard();
  const log = pino({ level: "silent" });
  const feed = createFeed(table, board, worker, log);
  const l2Memory = beside?.l2Memory ?? createL2Memory(8);
  const serverId = beside?.serverId ?? randomBytes(6).toString("base64url");
  const parts = { config, table, leases: feed.leases, memory: l2Memory, worker, serverId, log, now };
  const l2 = config.l2 === null ? undefined : connectTier(parts);
  const context: WorkerContext = {
    worker,
    config,
    table,
    access: noAccess,
    feed,
    observer: createObserver(fleetMemory, worker, now),
    fleet: createFleet(fleetMemory, now),
    log,
    status: { workers: 1, workersUp: 1 },
    stopping: new AbortController().signal,
    tier: l2?.tier,
    l2Figures: () => (l2 === undefined ? undefined : readL2Figures(l2Memory)),
    storeFigures: () => readStoreFigures(createStoreMemory(), 0),
    now,
    wall: () => clock?.wall() ?? Date.now(),
    ...options.context,
  };
  const handler = new App(context, options.routes ?? (l2 === undefined ? routes : overL2(routes)));
  // A clock that a test turns far ahead must not end its connections.
  const timeouts = clock && { headMs: DAYS, requestMs: DAYS, idleMs: DAYS, writeMs: DAYS };
  const contentMax = config["max-body"]!;
  const server = new HttpServer({ handler, contentMax, now: context.now, ...(timeouts && { timeouts }) });
  const { port } = (await server.listen({ port: 0, host: "127.0.0.1" })) as AddressInfo;
  const close = async () => {
    await server.close(100);
    await l2?.close();
    feed.close();
    if (!table.closed) table.close();
  };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    table,
    context,
    board,
    l2Memory,
    serverId,
    close,
    [Symbol.asyncDispose]: close,
  };
}
