/** The benchmark of tiers, for the harness: who does which row, over which Redis, and what to say of the result. */
import { inChildren } from "../harness/children.js";
import { pinnings } from "../harness/node-binary.js";
import { findRedis, redisProgram, startRedis } from "../harness/redis-server.js";
import type { RunningService } from "../harness/service.js";
import type { Measurer, OpenOptions, Part, Suite } from "../harness/suite.js";
import type { Missing } from "../harness/types.js";
import { bars } from "./bars.js";
import { contenderNames, contenders } from "./contenders/index.js";
import { type RowName, rows } from "./rows.js";
import { fullSettings, lasting, quickSettings, type Settings, sequencesOf } from "./settings.js";

export const tieredSuite: Suite<Settings> = {
  name: "tiered",
  packages: ["stowage", "http1", "server"],
  rows,
  contenders,
  subject: "stowage",
  comparisons: [
    { to: "ioredis", title: "ratio to plain ioredis (above 1: faster)" },
    { to: "bentocache", title: "ratio to bentocache (above 1: faster)" },
  ],
  bars,
  settings: { full: fullSettings, quick: quickSettings },
  lasting,
  repeats: {
    always: contenderNames,
    othersUpToMs: 0,
    once: (row) => rows[row as RowName].kind === "probe",
  },
  part,
  open: overRedis,
  text: {
    quick: "0.3 s a figure, for a first look and not for quoting",
    seconds: "how long each figure is measured (default 2)",
    units:
      "more is better: calls a second, one after another. The library has one core to itself, Redis the other; values\n" +
      "are objects of some 100 bytes",
    marks: "–: the library does not do that",
    remarks: () => "",
  },
};

function part(_row: string, _name: string, settings: Settings): Part<Settings> | Missing {
  return findRedis() === undefined ? { leftOut: redisProgram.howToInstall } : { settings };
}

const children = inChildren<Settings>({
  child: {
    entry: new URL("./child/main.ts", import.meta.url),
    stowage: [".", "tiered", "stores/redis"],
    flags: [],
    limitMs: 120_000,
  },
  sequences: sequencesOf,
  pinned: () => true,
});

/** As `inChildren`, with one Redis for all, started when it is first asked for. Each child empties it before it begins. */
async function overRedis(options: OpenOptions<Settings>): Promise<Measurer<Settings>> {
  const measurer = await children(options);
  let redis: Promise<RunningService> | undefined;
  const serve = async () => {
    redis ??= startRedis(pinnings().other.prefix);
    const { port } = await redis;
    return { port, end: async () => {} };
  };
  return {
    core: measurer.core,
    measure: (row, contender, given) => measurer.measure(row, contender, { ...given, serve }),
    async close() {
      const [started] = await Promise.allSettled([redis]);
      if (started.status === "fulfilled") await started.value?.end();
      await measurer.close();
    },
  };
}
