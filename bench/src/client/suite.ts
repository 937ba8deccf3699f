/** The benchmark of the client, for the harness: who does which row, over which server, and what to say of the result. */
import { fileURLToPath } from "node:url";
import { inChildren } from "../harness/children.js";
import { pinnings } from "../harness/node-binary.js";
import { findRedis, redisProgram, startRedis } from "../harness/redis-server.js";
import { type RunningService, startService } from "../harness/service.js";
import type { Measurer, OpenOptions, Part, Suite } from "../harness/suite.js";
import type { Missing, RowResults } from "../harness/types.js";
import { bars } from "./bars.js";
import { type ContenderEntry, type ContenderName, contenderNames, contenders } from "./contenders/index.js";
import { type RowName, rows } from "./rows.js";
import { fullSettings, lasting, quickSettings, type Settings, sequencesOf } from "./settings.js";

export const clientSuite: Suite<Settings> = {
  name: "client",
  packages: ["stowage", "http1", "server"],
  rows,
  contenders,
  subject: "stowage",
  comparisons: [
    { to: "ioredis-auto", title: "ratio to ioredis with auto-pipelining (above 1: faster)" },
    { to: "cache", title: "ratio to the in-process cache" },
  ],
  bars,
  settings: { full: fullSettings, quick: quickSettings },
  lasting,
  repeats: { always: contenderNames, othersUpToMs: 0, once: () => false },
  part,
  open: overServers,
  text: {
    quick: "0.3 s a figure, for a first look and not for quoting",
    seconds: "how long each figure is measured (default 2)",
    units:
      "more is better: calls a second. The client has one core to itself, the server the other; values are\n" +
      "objects of some 100 bytes as JSON, parsed and printed by everybody",
    marks: "–: the library does not do that",
    remarks,
  },
};

function part(rowName: string, name: string, settings: Settings): Part<Settings> | Missing {
  const contender: ContenderEntry = contenders[name as ContenderName];
  if (contender.server === "redis" && findRedis() === undefined)
    return { leftOut: redisProgram.howToInstall };
  const isInProcess = contender.server === "none";
  return isInProcess && rows[rowName as RowName].verb !== "near" ? { cannot: true } : { settings };
}

const children = inChildren<Settings>({
  child: {
    entry: new URL("./child/main.ts", import.meta.url),
    stowage: [".", "client"],
    flags: [],
    limitMs: 120_000,
  },
  sequences: sequencesOf,
  pinned: () => true,
});

/** As `inChildren`, with the servers started when they are first asked for, and kept for all rounds: theirs is compiled code. */
async function overServers(options: OpenOptions<Settings>): Promise<Measurer<Settings>> {
  const measurer = await children(options);
  const { prefix } = pinnings().other;
  const running = new Map<string, Promise<RunningService>>();
  const start = { redis: () => startRedis(prefix), stowage: () => startStowage(options, prefix) };
  return {
    core: measurer.core,
    measure(row, contender, given) {
      const { server } = contenders[contender as ContenderName];
      if (server === "none") return measurer.measure(row, contender, given);
      const serve = async () => {
        const starting = running.get(server) ?? start[server]();
        running.set(server, starting);
        const { port } = await starting;
        return { port, end: async () => {} };
      };
      return measurer.measure(row, contender, { ...given, serve });
    },
    async close() {
      const all = await Promise.allSettled(running.values());
      await Promise.all(all.map((one) => one.status === "fulfilled" && one.value.end()));
      await measurer.close();
    },
  };
}

const programOf = (path: string) =>
  fileURLToPath(new URL(`../../../packages/server/${path}`, import.meta.url));

function startStowage({ node, stowageFrom }: OpenOptions<Settings>, prefix: readonly string[]) {
  const program =
    stowageFrom === "package"
      ? [programOf("dist/bin-server.js")]
      : ["--import", "tsx", programOf("src/bin-server.ts")];
  const flags = ["--workers", "1", "--log-level", "warn"];
  return startService({
    name: "stowage-server",
    command: (port) => [...prefix, node.path, ...program, "--port", String(port), ...flags],
  });
}

/** What noise moves less than calls a second. */
function remarks(results: RowResults): string {
  const lines = Object.entries(results).flatMap(([row, { contenders: cells }]) => {
    const told = Object.entries(cells).flatMap(([name, cell]) =>
      "median" in cell ? [`${name} ${cell.extra.cpuUs.toFixed(2)}`] : [],
    );
    return told.length === 0 ? [] : [`  ${row.padEnd(14)} ${told.join(", ")}`];
  });
  return lines.length === 0 ? "" : ["the client's time on its core, µs a call", ...lines].join("\n");
}
