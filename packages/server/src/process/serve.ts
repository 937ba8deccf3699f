/**
 * A worker: attaches to what the supervisor made, listens, serves, and ends when it is told to. An error that nobody
 * catches ends the thread, which the supervisor notices: a worker never goes on in a state that nobody thought of.
 */
import type { Server as TlsServer } from "node:tls";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { SharedTable } from "stowage/table";
import { HttpServer } from "stowage-http1";
import { createAccess, type ReloadableAccess } from "../access/index.js";
import type { Config } from "../config/settings.js";
import type { WorkerContext } from "../context.js";
import { readStoreFigures } from "../durability/index.js";
import { createFeed } from "../feed/index.js";
import { App } from "../http/app.js";
import type { Route } from "../http/route.js";
import type { ConnectParts, TierConnection } from "../l2/connect.js";
import { readL2Figures } from "../l2/index.js";
import { BEAT_MS, createFleet, createObserver, sharedNow } from "../observe/index.js";
import { createLog } from "../observe/log.js";
import { overL2 } from "../routes/fleet/index.js";
import { Board } from "./board.js";
import { tlsOptions } from "./certificate.js";
import { duplicate, listenOn } from "./duplicate.js";
import type { ListenOrder } from "./listener.js";
import type { FromWorker, Secrets, ToWorker, WorkerData } from "./messages.js";
import { Spread } from "./spread.js";

/** Connections that wait to be accepted. The system's own bound (net.core.somaxconn) is 4096 on Linux. */
const BACKLOG = 4_096;

/** To be called once by the module that a worker thread runs. */
export async function serve(routes: readonly Route[]): Promise<void> {
  const supervisor = parentPort!;
  const data = workerData as WorkerData;
  const stopping = new AbortController();
  const board = new Board(data.board);
  const { context, access, l2 } = await createContext(data, board, stopping.signal, supervisor);
  const server = createServer(data, context, board, l2 === undefined ? routes : overL2(routes));
  const beating = setInterval(() => context.observer.beat(server.counts), BEAT_MS);
  context.observer.beat(server.counts);
  supervisor.on("message", (message: ToWorker) => {
    if (message.kind === "reload") reload(server, access, message.secrets, data.ticketKeys);
    else end(message.deadlineMs);
  });
  await listen(server, data.listen, supervisor);
  board.setUp(data.worker, true);
  tell(supervisor, { kind: "listening" });

  async function end(deadlineMs: number): Promise<void> {
    board.setUp(data.worker, false);
    stopping.abort();
    await server.close(deadlineMs);
    clearInterval(beating);
    context.observer.beat(server.counts);
    await l2?.close();
    context.feed.close();
    context.table.close();
    context.log.flush();
    supervisor.close();
    process.exit(0);
  }
}

async function createContext(
  data: WorkerData,
  board: Board,
  stopping: AbortSignal,
  supervisor: MessagePort,
): Promise<{ context: WorkerContext; access: ReloadableAccess; l2: TierConnection | undefined }> {
  const { worker, config, secrets, limits, fleet, storeFigures, sendsLog, serverId } = data;
  const access = createAccess(secrets.tokens, limits, sharedNow);
  const write = (line: string) => tell(supervisor, { kind: "log", line });
  const log = createLog({ level: config["log-level"]!, worker, ...(sendsLog && { write }) });
  const onError = (error: unknown) => log.error({ err: error }, "the table's janitor failed");
  const table = SharedTable.attach(data.table, { onError });
  const feed = createFeed(table, data.leases, worker, log);
  const l2 = await connectL2(config, {
    config,
    table,
    leases: feed.leases,
    memory: data.l2,
    worker,
    serverId,
    log,
    now: sharedNow,
  });
  const context: WorkerContext = {
    worker,
    config,
    table,
    access,
    feed,
    tier: l2?.tier,
    l2Figures: () => (l2 === undefined ? undefined : readL2Figures(data.l2)),
    observer: createObserver(fleet, worker, sharedNow),
    fleet: createFleet(fleet, sharedNow),
    log,
    status: board,
    stopping,
    storeFigures: () => readStoreFigures(storeFigures, Date.now()),
    now: sharedNow,
    wall: Date.now,
  };
  return { context, access, l2 };
}

/** What only servers of a fleet need is only loaded by them. */
async function connectL2({ l2 }: Config, parts: ConnectParts): Promise<TierConnection | undefined> {
  if (l2 === null) return undefined;
  const { connectTier } = await import("../l2/connect.js");
  return connectTier(parts);
}

function createServer(
  { worker, config, secrets, ticketKeys }: WorkerData,
  context: WorkerContext,
  board: Board,
  routes: readonly Route[],
): HttpServer {
  const spread = new Spread(board, worker, sharedNow);
  const { certificate } = secrets;
  return new HttpServer({
    handler: new App(context, routes),
    contentMax: config["max-body"]!,
    timeouts: { requestMs: config["request-timeout"]!, idleMs: config["idle-timeout"]! },
    now: sharedNow,
    beforeAccept: (open) => {
      spread.accepted(open + 1);
      if (board.totalOpen() <= config["max-connections"]!) return true;
      board.setOpen(worker, open);
      return false;
    },
    openChanged: (open) => board.setOpen(worker, open),
    onError: onceASecond((error) => context.log.warn({ err: error }, "connections could not be accepted")),
    ...(certificate && { tls: tlsOptions(certificate, ticketKeys) }),
  });
}

/** Without descriptors, each connection that comes fails: thousands a second. */
function onceASecond(tell: (error: Error) => void): (error: Error) => void {
  let next = 0;
  return (error) => {
    if (sharedNow() < next) return;
    next = sharedNow() + 1_000;
    tell(error);
  };
}

async function listen(server: HttpServer, order: ListenOrder, supervisor: MessagePort): Promise<void> {
  try {
    if (order.kind === "own") await server.listen({ port: order.port, host: order.host, backlog: BACKLOG });
    else {
      const handle = await duplicate(order.fd);
      await server.listen((socketServer) => listenOn(handle, socketServer, BACKLOG));
    }
  } catch (error) {
    tell(supervisor, { kind: "refused", code: (error as NodeJS.ErrnoException).code ?? "" });
    throw error;
  }
}

/** Connections that are open go on with the certificate that they began with. */
function reload(
  server: HttpServer,
  access: ReloadableAccess,
  secrets: Secrets,
  ticketKeys: Uint8Array,
): void {
  access.load(secrets.tokens);
  if (secrets.certificate === undefined) return;
  (server.socketServer as TlsServer).setSecureContext(tlsOptions(secrets.certificate, ticketKeys));
}

function tell(supervisor: MessagePort, message: FromWorker): void {
  supervisor.postMessage(message);
}
