/**
 * Starts a server, in the order in which things can go wrong: what only has to be looked at first (certificate, tokens), then
 * the address, then what takes time (the snapshot), then the workers. If any of it fails, what was opened before is closed.
 */
import { randomBytes } from "node:crypto";
import { type ResourceLimits, Worker } from "node:worker_threads";
import { SharedTable } from "stowage/table";
import { createLimits, loadTokens, withoutTokens } from "../access/index.js";
import { exposureOf } from "../config/exposure.js";
import { type Config, valueBytesMax } from "../config/settings.js";
import { createStoreMemory, openStore, type Store } from "../durability/index.js";
import { createLeaseBoard } from "../feed/index.js";
import { createL2Memory } from "../l2/index.js";
import { createFleet, createFleetMemory, type Log, setState, sharedNow } from "../observe/index.js";
import { createLog } from "../observe/log.js";
import { routes } from "../routes/index.js";
import { type BackoffOptions, defaultBackoff } from "./backoff.js";
import { Board } from "./board.js";
import { readCertificate } from "./certificate.js";
import { Crew } from "./crew.js";
import { type Listener, openListener } from "./listener.js";
import { forwardTo } from "./log-lines.js";
import type { Secrets, WorkerData } from "./messages.js";
import { warnOfFewFiles } from "./open-files.js";
import { RunningServer, type Server } from "./server.js";

export interface LaunchOptions {
  /** Where the log goes, that of the workers included. Default: lines of JSON on stdout. */
  readonly log?: Log;
  /** For tests: the module that workers run, how they are started again, how much heap each may have. */
  readonly workerModule?: URL;
  readonly backoff?: BackoffOptions;
  readonly resourceLimits?: ResourceLimits;
}

/** Threads that may be attached to the table beside the workers: the supervisor, and workers that could not be ended. */
const SPARE_THREADS = 8;
const THREADS_MAX = 250;
/**
 * Node ends a worker that is out of memory, with 16 MB left to do so. What one collection of the young generation moves to
 * the old one has to fit into that; with the default, of 48 MB, it did not on Node 24, and the whole process was gone. As
 * small as this it also stays in the processor's cache: batches are faster than with 16 MB or 3 MB, and 10 MB are saved.
 */
const YOUNG_MB = 6;

/**
 * Starts a server with settings that were loaded. Resolves when every worker listens.
 *
 * @throws ConfigError, TlsError, ListenError, StoreError, StartError
 */
export async function launch(config: Config, options: LaunchOptions = {}): Promise<Server> {
  const log = options.log ?? createLog({ level: config["log-level"]! });
  const secrets = readSecrets(config, log);
  const opened: (() => unknown)[] = [];
  try {
    return await open(config, secrets, log, options, opened);
  } catch (error) {
    for (const close of opened.reverse()) await close();
    throw error;
  }
}

async function open(
  config: Config,
  secrets: Secrets,
  log: Log,
  options: LaunchOptions,
  opened: (() => unknown)[],
): Promise<Server> {
  const listener = await openListener(config);
  opened.push(() => listener.close());
  const fleet = createFleetMemory(config.workers!, routes, sharedNow);
  const table = createTable(config, log);
  opened.push(() => table.close());
  const storeFigures = createStoreMemory();
  setState(fleet, "loading");
  const store = await createStore(config, table, log, storeFigures);
  opened.push(() => store?.close());
  const common: Common = {
    // Workers connect to L2, so they know how; nobody else sees it.
    config: withoutTokens(config),
    listen: listener.order,
    table: table.handle,
    board: Board.create(config.workers!).buffer,
    fleet,
    limits: createLimits(),
    leases: createLeaseBoard(),
    storeFigures,
    l2: createL2Memory(config.workers!),
    serverId: randomBytes(6).toString("base64url"),
    ticketKeys: randomBytes(48),
    sendsLog: options.log !== undefined,
  };
  const current = { secrets };
  const status = new Board(common.board);
  const crew = createCrew(common, current, { board: status, table, listener, log }, options);
  await crew.start();
  warnOfFewFiles(config, log);
  const exposure = exposureOf(config);
  if (exposure !== undefined) log.warn(exposure);
  const reread = () => {
    current.secrets = readSecrets(config, log, current.secrets);
    return current.secrets;
  };
  return new RunningServer({
    config: common.config,
    fleet,
    status,
    table,
    store,
    listener,
    crew,
    log,
    reread,
  });
}

/** What all workers are given. */
type Common = Omit<WorkerData, "worker" | "secrets">;

function createCrew(
  common: Common,
  current: { readonly secrets: Secrets },
  { board, table, listener, log }: { board: Board; table: SharedTable; listener: Listener; log: Log },
  { workerModule, resourceLimits, backoff = defaultBackoff }: LaunchOptions,
): Crew {
  return new Crew({
    start: (worker) => {
      const data: WorkerData = { ...common, worker, secrets: current.secrets };
      const thread = startThread(workerModule ?? ownModule(), data, resourceLimits);
      table.watch(thread);
      return thread;
    },
    board,
    fleet: createFleet(common.fleet, sharedNow),
    hangMs: common.config["hang-timeout"]!,
    log,
    now: sharedNow,
    backoff,
    logged: forwardTo(log),
    refused: (code) => listener.fault(code),
  });
}

/** Beside this module, built as well as in the sources. */
function ownModule(): URL {
  return new URL(isSource(import.meta.url) ? "./worker.ts" : "./worker.js", import.meta.url);
}

function startThread(module: URL, workerData: WorkerData, resourceLimits?: ResourceLimits): Worker {
  const boot = isSource(module.href) ? new URL("./from-sources.mjs", import.meta.url) : module;
  return new Worker(boot, {
    workerData,
    name: `stowage-${workerData.worker}`,
    argv: [module.href],
    // Flags of this process (a loader, --expose-gc) are not for workers.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, ...resourceLimits },
  });
}

function isSource(url: string): boolean {
  return url.endsWith(".ts");
}

function readSecrets(config: Config, log: Log, before?: Secrets): Secrets {
  return {
    tokens: loadTokens(config, before?.tokens),
    certificate: readCertificate(config, Date.now(), log),
  };
}

function createTable(config: Config, log: Log): SharedTable {
  const { max, ttl, workers } = config;
  const memory = config.memory!;
  return SharedTable.create({
    memory,
    // The default is meant for larger memories; that one that was set is not too large was checked.
    maxValueSize: valueBytesMax(config),
    threads: Math.min(THREADS_MAX, workers! + SPARE_THREADS),
    name: "stowage-server",
    onError: (error) => log.error({ err: error }, "the table's janitor failed"),
    ...(max !== null && { max }),
    ...(ttl !== null && { ttl }),
  });
}

async function createStore(
  config: Config,
  table: SharedTable,
  log: Log,
  memory: SharedArrayBuffer,
): Promise<Store | undefined> {
  const dir = config["data-dir"];
  if (dir === null) return undefined;
  return openStore({ dir, everyMs: config["snapshot-every"]!, table, log, memory });
}
