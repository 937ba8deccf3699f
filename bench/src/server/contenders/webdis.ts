/** webdis: Redis over HTTP. Its Redis is on the same core, being a part of what it costs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type InstalledProgram, versionOfProgram, versionOrNone } from "../../harness/programs.js";
import { findRedis, redisProgram, startRedis } from "../../harness/redis-server.js";
import { startService } from "../../harness/service.js";
import { type Exchange, http, type Operation, times } from "../exchanges.js";
import { anyNumber, jsonOf, keyOf, nextKey } from "../items.js";
import type { Contender } from "./contender.js";

/** It knows no flags: whatever it is started with is a configuration file, and it listens. So the package is asked. */
const program: InstalledProgram = {
  program: "sh",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own form
  args: ["-c", "command -v webdis && { dpkg-query -W -f '${Version}' webdis || true; }"],
  version: /\n(\S+)/,
  howToInstall: "webdis is not installed; `apt-get install webdis` (Debian, Ubuntu) gets it",
};

export const contender: Contender = {
  package: null,
  version: () => versionOrNone(program),
  heading: "webdis",
  protocol: "http",
  missing() {
    if (findRedis() === undefined) return redisProgram.howToInstall;
    return versionOfProgram(program) === undefined ? program.howToInstall : undefined;
  },
  exchange,
  keeps: "elsewhere",
  oneAtATime: true,
  async start({ prefix, workers, folder }) {
    const redis = await startRedis(prefix);
    const { port, pid, end } = await startService({
      name: "webdis",
      command(port) {
        const path = join(folder, `webdis-${workers}.json`);
        writeFileSync(path, configuration(port, redis.port, workers));
        return [...prefix, "webdis", path];
      },
    }).catch(async (error) => {
      await redis.end();
      throw error;
    });
    const endBoth = async () => {
      await end();
      await redis.end();
    };
    return { port, pids: [pid, redis.pid], end: endBoth };
  },
};

function configuration(port: number, redisPort: number, workers: number): string {
  return JSON.stringify({
    redis_host: "127.0.0.1",
    redis_port: redisPort,
    http_host: "127.0.0.1",
    http_port: port,
    threads: workers,
    pool_size: 20,
    daemonize: false,
    websockets: false,
    database: 0,
    verbosity: 0,
    logfile: "/dev/null",
  });
}

function exchange(operation: Operation): Exchange | undefined {
  switch (operation.verb) {
    case "get": {
      const { family } = operation;
      return answered(http("GET", `/GET/${keyOf(family)}`), `{"GET":${escaped(jsonOf(family, nextKey))}}`);
    }
    case "miss":
      return answered(http("GET", `/GET/${keyOf("none")}`), '{"GET":null}');
    case "set": {
      const { family } = operation;
      return answered(http("PUT", `/SET/${keyOf(family)}`, jsonOf(family)), '{"SET":[true,"OK"]}');
    }
    case "incr":
      return answered(http("GET", `/INCR/${keyOf("counter")}`), `{"INCR":${anyNumber}}`);
    case "batch": {
      const { keys } = operation;
      const value = escaped(jsonOf("small", nextKey));
      const request = http("GET", `/MGET/${times(keys, keyOf("small")).join("/")}`);
      return answered(request, `{"MGET":[${times(keys, value)}]}`);
    }
  }
}

const answered = (request: string, answer: string): Exchange => ({ request, answer, status: 200 });

/** The value's text, which is JSON, as a string of JSON. */
const escaped = (value: string) => `"${value.replaceAll('"', '\\"')}"`;
