/** Redis, as the benchmarks talk to it: a server of their own, without persistence. */
import { type InstalledProgram, versionOfProgram } from "./programs.js";
import { type RunningService, startService } from "./service.js";

export const redisProgram: InstalledProgram = {
  program: "redis-server",
  args: ["--version"],
  version: /v=(\S+)/,
  howToInstall:
    "redis-server is not installed; `apt-get install redis-server` (Debian, Ubuntu) or `brew install redis` gets it",
};

/** undefined: there is none on this machine. */
export function findRedis(): string | undefined {
  return versionOfProgram(redisProgram);
}

/** `prefix`: what pins it to a core. */
export function startRedis(prefix: readonly string[] = []): Promise<RunningService> {
  const flags = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"];
  return startService({
    name: "redis-server",
    command: (port) => [...prefix, "redis-server", "--port", String(port), ...flags],
  });
}
