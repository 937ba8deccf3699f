/**
 * The server's routes on a real socket and a real table, in this thread: what route tests run against. Workers and
 * supervisor are left out; test/process has them.
 */
import type { AddressInfo } from "node:net";
import pino from "pino";
import type { Clock } from "stowage";
import { SharedTable, type TableOptions } from "stowage/table";
import { HttpServer } from "stowage-http1";
import { type Access, everybody } from "../../src/access/types.js";
import { loadConfig } from "../../src/config/load.js";
import type { WorkerContext } from "../../src/context.js";
import { App } from "../../src/http/app.js";
import type { Fleet, Observer } from "../../src/observe/types.js";
import { routes } from "../../src/routes/index.js";

const noAccess: Access = { on: false, generation: 0, identify: () => everybody, admit: () => 0 };
const noObserver: Observer = { answered() {}, beat() {} };
const noFleet: Fleet = {
  uptime: () => 0,
  workers: () => [],
  routes: () => [],
  latencies: () => ({ count: 0, mean: 0, p50: 0, p99: 0, p999: 0, max: 0 }),
};

export interface AppServerOptions {
  /** Flags, as on the command line. */
  args?: readonly string[];
  table?: Partial<TableOptions>;
  clock?: Clock;
  /** Parts to put in the place of what is used otherwise. */
  context?: Partial<WorkerContext>;
}

export interface AppServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly table: SharedTable;
  readonly context: WorkerContext;
  close(): Promise<void>;
}

export async function startAppServer(options: AppServerOptions = {}): Promise<AppServer> {
  const { config } = loadConfig({ args: options.args ?? [], env: {} });
  const { clock } = options;
  const table = SharedTable.create({ memory: "16mb", ...(clock && { clock }), ...options.table });
  const context: WorkerContext = {
    worker: 0,
    config,
    table,
    access: noAccess,
    observer: noObserver,
    fleet: noFleet,
    log: pino({ level: "silent" }),
    now: () => clock?.now() ?? performance.now(),
    wall: () => clock?.wall() ?? Date.now(),
    ...options.context,
  };
  const server = new HttpServer({ handler: new App(context, routes), contentMax: config["max-body"]! });
  const { port } = (await server.listen({ port: 0, host: "127.0.0.1" })) as AddressInfo;
  const close = async () => {
    await server.close(100);
    if (!table.closed) table.close();
  };
  return { port, url: `http://127.0.0.1:${port}`, table, context, close, [Symbol.asyncDispose]: close };
}
