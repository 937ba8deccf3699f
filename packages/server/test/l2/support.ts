/** A real Redis for tests of a fleet, and servers over it. */
import { setTimeout as passed } from "node:timers/promises";
import { askRedis, RedisServer } from "../../../stowage/test/support/redis.js";
import { type Client, starting, until, withServers } from "../routes/v1/support.js";
import { type AppServer, type AppServerOptions, startAppServer } from "../support/app-server.js";

/** What is used of one. */
export interface Redis {
  readonly url: string;
  readonly port: number;
  ask(...command: string[]): Promise<string>;
}

let redis: Promise<RedisServer> | undefined;
let other: Redis | undefined;
let names = 0;

/** One for all tests of a file. */
export function sharedRedis(): Promise<Redis> {
  if (other !== undefined) return Promise.resolve(other);
  redis ??= RedisServer.start();
  return redis;
}

/** Another one that runs already is used instead. */
export function useRedis(port: number): void {
  other = { url: `redis://127.0.0.1:${port}`, port, ask: (...command) => askRedis(port, command) };
}

export async function endSharedRedis(): Promise<void> {
  await (await redis)?.stop();
  redis = undefined;
}

/** Another fleet for each that asks. */
export function fleetName(): string {
  return `fleet${process.hrtime.bigint().toString(36)}.${names++}`;
}

export interface FleetOptions extends AppServerOptions {
  readonly url?: string;
  readonly name?: string;
}

/** A server of a fleet that hears the others. */
export async function startFleetServer({ url, name, ...options }: FleetOptions = {}): Promise<AppServer> {
  const l2 = url ?? (await sharedRedis()).url;
  const args = ["--l2", l2, "--l2-name", name ?? fleetName(), ...(options.args ?? [])];
  const server = await startAppServer({ ...options, args });
  await hearing(server);
  return server;
}

/** Servers of one fleet. */
export async function startFleet(count: number, options: FleetOptions = {}): Promise<AppServer[]> {
  const name = options.name ?? fleetName();
  return Promise.all(Array.from({ length: count }, () => startFleetServer({ ...options, name })));
}

/** Has the scenes of /v1 run on servers of one fleet each, where they would have two workers of one server. */
export function useFleets(): void {
  let name = "";
  starting.start = ({ beside, clock: _, ...options }) => {
    if (beside === undefined) name = fleetName();
    return startFleetServer({ ...options, name });
  };
}

/** Servers of one fleet, each with options of its own. */
export async function withFleet<T>(
  options: readonly FleetOptions[],
  run: (...clients: Client[]) => Promise<T>,
): Promise<T> {
  const name = fleetName();
  const before = starting.start;
  const all = [...options];
  starting.start = () => startFleetServer({ ...all.shift(), name });
  try {
    return await withServers(
      options.map(() => ({})),
      run,
    );
  } finally {
    starting.start = before;
  }
}

export function hearing({ context }: AppServer): Promise<void> {
  return until(() => context.tier!.coherence.isHearing, "it hears the bus");
}

export { passed };
