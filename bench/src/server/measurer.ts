/** Measures: gets everything ready that a run needs, and asks a server, in its row's way, for one figure. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleChild, type ChildProgram } from "../harness/bundle.js";
import { pinnings } from "../harness/node-binary.js";
import { writeSequences } from "../harness/sequences.js";
import type { Measurer, OpenOptions } from "../harness/suite.js";
import type { Outcome } from "../harness/types.js";
import type { Contender, Programs } from "./contenders/contender.js";
import { type ContenderName, contenders } from "./contenders/index.js";
import { compileGenerator, Generator, type LoadOutcome } from "./generator.js";
import { residentBytes } from "./memory.js";
import {
  familyOf,
  itemsOf,
  type LoadRow,
  type MemoryRow,
  operationsPerRequest,
  type Row,
  type RowName,
  rows,
} from "./rows.js";
import { Servers } from "./servers.js";
import { type Keys, type Settings, sequenceName, sequencesOf } from "./settings.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export async function openServers(options: OpenOptions<Settings>): Promise<Measurer<Settings>> {
  const { settings } = options;
  const { measured, other } = pinnings();
  const { folder, paths, remove } = writeSequences(sequencesOf(settings));
  const generator = new Generator(compileGenerator(folder), folder);
  const nodeHttp = await bundleChild(nodeHttpProgram, options.stowageFrom);
  const drawn = (keys: Keys, items: number) => paths[sequenceName(keys, items)];
  const servers = new Servers({
    settings,
    folder,
    generator,
    programs: programsOf(options, nodeHttp),
    serverPrefix: measured.prefix,
    loadPrefix: other.prefix,
    ordered: (items) => orderedSequence(folder, items),
    uniform: (items) => drawn("uniform", items),
  });
  const parts = { settings, generator, servers, drawn, loadPrefix: other.prefix };
  return {
    core: measured.core,
    measure(rowName, name) {
      const row: Row = rows[rowName as RowName];
      const contender = name as ContenderName;
      return row.kind === "load" ? loaded(row, contender, parts) : filled(row, contender, parts);
    },
    async close() {
      await servers.end();
      remove();
      nodeHttp.remove();
    },
  };
}

interface Parts {
  settings: Settings;
  generator: Generator;
  servers: Servers;
  loadPrefix: readonly string[];
  drawn(keys: Keys, items: number): string;
}

const nodeHttpProgram = {
  entry: new URL("./node-http/main.ts", import.meta.url),
  stowage: [".", "table"],
  flags: [],
  limitMs: 0,
};

function programsOf({ node, stowageFrom }: OpenOptions<Settings>, { path }: ChildProgram): Programs {
  const server =
    stowageFrom === "package"
      ? [join(root, "packages/server/dist/bin-server.js")]
      : ["--import", "tsx", join(root, "packages/server/src/bin-server.ts")];
  return { stowageServer: [node.path, ...server], nodeHttp: [node.path, path] };
}

/** Each item once. */
function orderedSequence(folder: string, items: number): string {
  const path = join(folder, `ordered-${items}`);
  writeFileSync(
    path,
    Uint32Array.from({ length: items }, (_, item) => item),
  );
  return path;
}

async function loaded(row: LoadRow, name: ContenderName, parts: Parts): Promise<Outcome> {
  const { settings, servers, drawn } = parts;
  const contender: Contender = contenders[name];
  const families = row.operations.map(({ operation }) => familyOf(operation));
  const server = await servers.with(name, row.workers, families);
  const items = itemsOf(families[0], settings);
  const prefix = row.workers === 1 ? parts.loadPrefix : [];
  const { connections, depth } = row;
  const { warmupMs, measuredMs } = settings;
  const common = { port: server.port, connections, measuredMs };
  if (contender.generator) {
    const [{ operation }] = row.operations;
    return outcomeOf(await contender.generator.ask({ ...common, operation, items, prefix }), row);
  }
  const operations = row.operations.map(({ weight, operation }) => {
    const exchange = contender.exchange(operation);
    if (exchange === undefined) throw new Error(`${contender.heading} cannot ${operation.verb}`);
    return { ...exchange, weight };
  });
  const { protocol } = contender;
  const { pids } = server;
  const sequence = drawn(row.keys, items);
  const plan = { ...common, protocol, depth, warmupMs, sequence, pids, operations };
  return outcomeOf(await parts.generator.run(plan, prefix), row);
}

function outcomeOf({ perSecond, latencyMs, cores }: LoadOutcome, row: LoadRow): Outcome {
  const { p50, p99, p999, max } = latencyMs;
  const latencies = { p50Ms: p50, p99Ms: p99, ...(p999 !== undefined && { p999Ms: p999 }), maxMs: max };
  return {
    figure: perSecond * operationsPerRequest(row),
    extra: { requestsPerSecond: perSecond, ...latencies, ...cores },
  };
}

/** A server of its own, with its default of memory. */
async function filled(row: MemoryRow, name: ContenderName, parts: Parts): Promise<Outcome> {
  const contender: Contender = contenders[name];
  const items = parts.settings[row.size];
  const { server } = await parts.servers.start(contender, row.workers);
  try {
    const empty = residentBytes(server.pids);
    await parts.servers.fill(contender, server, "small", items);
    const full = residentBytes(server.pids);
    return {
      figure: full / 1e6,
      extra: { emptyMb: empty / 1e6, bytesAnItem: (full - empty) / items },
    };
  } finally {
    await server.end();
  }
}
