/**
 * The servers of a run: each is started when a row first asks for it, filled with what its rows ask for, and kept to the
 * end, so that compiled code is as warm as in production. Those that are not asked sleep.
 */
import type { Contender, Programs, RunningServer } from "./contenders/contender.js";
import { type ContenderName, contenders } from "./contenders/index.js";
import { get, set } from "./exchanges.js";
import type { Generator } from "./generator.js";
import type { Family } from "./items.js";
import { itemsOf } from "./rows.js";
import type { Settings } from "./settings.js";

export interface ServersOptions {
  settings: Settings;
  folder: string;
  programs: Programs;
  generator: Generator;
  /** Words that pin a server to its core, and the load to another. */
  serverPrefix: readonly string[];
  loadPrefix: readonly string[];
  /** Files of item numbers: all of so many, in order; so many draws. */
  ordered(items: number): string;
  uniform(items: number): string;
}

/** As much as all rows together fill in, and what overwriting leaves for a while. */
const memory = "2gb";
/** While it is filled. */
const fillConnections = 8;
const fillDepth = 16;

export class Servers {
  readonly #running = new Map<string, Promise<Filled>>();

  constructor(private readonly options: ServersOptions) {}

  /** With these families of items in it. */
  async with(name: ContenderName, workers: 1 | 2, families: readonly Family[]): Promise<RunningServer> {
    const key = `${name}-${workers}`;
    const contender: Contender = contenders[name];
    const starting = this.#running.get(key) ?? this.start(contender, workers, memory);
    this.#running.set(key, starting);
    const filled = await starting;
    // Nobody's misses are misses of an empty table.
    for (const family of ["small" as const, ...families]) await this.#fillOnce(contender, filled, family);
    return filled.server;
  }

  async start(contender: Contender, workers: 1 | 2, memory?: string): Promise<Filled> {
    const { folder, programs, serverPrefix } = this.options;
    const prefix = workers === 1 ? serverPrefix : [];
    const server = await contender.start({ prefix, workers, memory, folder, programs });
    return { server, families: new Set() };
  }

  /** Sets all items of a family, in order. */
  async fill(contender: Contender, { port }: RunningServer, family: Family, items: number): Promise<void> {
    const exchange = contender.exchange(set(family));
    if (exchange === undefined) throw new Error(`${contender.heading} cannot be filled`);
    const plan = {
      protocol: contender.protocol,
      port,
      sequence: this.options.ordered(items),
      requests: items,
    };
    const ways = contender.oneAtATime
      ? { connections: fillConnections * fillDepth }
      : { connections: fillConnections, depth: fillDepth };
    const operations = [{ ...exchange, weight: 1 }];
    await this.options.generator.run({ ...plan, ...ways, operations }, this.options.loadPrefix);
  }

  async end(): Promise<void> {
    const all = await Promise.allSettled(this.#running.values());
    await Promise.all(all.map((one) => one.status === "fulfilled" && one.value.server.end()));
  }

  async #fillOnce(contender: Contender, { server, families }: Filled, family: Family): Promise<void> {
    if (families.has(family) || family === "none" || contender.keeps === "nothing") return;
    const isFirst = families.size === 0;
    families.add(family);
    await this.fill(contender, server, family, itemsOf(family, this.options.settings));
    if (isFirst) await this.#settle(contender, server, family);
  }

  /** Asks until the server's code is compiled. */
  async #settle({ exchange, protocol }: Contender, { port }: RunningServer, family: Family): Promise<void> {
    const { settings, generator, loadPrefix, uniform } = this.options;
    const asked = exchange(get(family));
    if (asked === undefined) return;
    const plan = { protocol, port, connections: 64, sequence: uniform(itemsOf(family, settings)) };
    const operations = [{ ...asked, weight: 1 }];
    await generator.run({ ...plan, measuredMs: settings.settleMs, operations }, loadPrefix);
  }
}

interface Filled {
  server: RunningServer;
  families: Set<Family>;
}
