/**
 * A near cache over model servers, used as the verbs use it, and a watchman who knows the truth:
 *
 *   - no value is given out that has been out of date for longer than the bound, or past its time to live
 *   - none is given out that is older than this client's own last write that was answered
 *   - close leaves no timer and no stream
 */
import assert from "node:assert/strict";
import { FakeClock, settle } from "stowage/testing";
import { NearCache } from "../../../../src/client/near/near-cache.js";
import { type NearOptions, nearOptions } from "../../../../src/client/near/options.js";
import type { Near } from "../../../../src/client/near/types.js";
import type { ClientEvent } from "../../../../src/client/types.js";
import { FakeCluster, FakeNode } from "./fake-node.js";
import { ModelServer, type Value } from "./model-server.js";

export interface WorldOptions extends NearOptions {
  /** Of the servers' clocks, in the client's time. */
  rate?: number;
  nodes?: number;
  /** Whether readings of the clock are trusted for a while, as they are of the system's. */
  economical?: boolean;
}

/** Keys that collide: two short ones, and two of which the feed tells the same. */
export const KEYS = ["a", "b", `${"long/".repeat(10)}1`, `${"long/".repeat(10)}2`] as const;

export class World {
  readonly clock = new FakeClock();
  readonly nodes: FakeNode[];
  readonly cluster: FakeCluster;
  readonly near: Near;
  readonly boundMs: number;
  readonly isEconomical: boolean;
  readonly events: Extract<ClientEvent, { type: "near" }>[] = [];
  readonly errors: unknown[] = [];
  /** By key: of the last own write that was answered. */
  readonly #own = new Map<string, number>();
  #underWay = 0;

  constructor({ rate = 1, nodes = 1, economical = false, ...options }: WorldOptions = {}) {
    this.isEconomical = economical;
    this.nodes = Array.from({ length: nodes }, (_, index) => {
      const server = new ModelServer(this.clock, 8, rate, 7_654_321 * (index + 1));
      return new FakeNode(server, `http://${index + 1}`);
    });
    this.cluster = new FakeCluster([...this.nodes]);
    const parts = {
      cluster: this.cluster,
      clock: this.clock,
      random: () => 0.5,
      onError: (error: unknown) => void this.errors.push(error),
      onEvent: (event: (typeof this.events)[number]) => void this.events.push(event),
    };
    this.near = new NearCache(nearOptions.bind(options, "test"), parts, economical);
    const { maxStaleness = 2_000, whenBehind = "off" } = options;
    this.boundMs = Math.max(Number(maxStaleness), whenBehind === "off" ? 0 : Number(whenBehind.ttl));
  }

  get node(): FakeNode {
    return this.nodes[0];
  }

  get server(): ModelServer {
    return this.node.server;
  }

  /** Time passes, and everything that has to do with it happens. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
  }

  peek(key: string): Value | undefined {
    const value = this.near.peek(key) as Value | undefined;
    if (value !== undefined) this.#check(key, value);
    return value;
  }

  /** As `client.get`: near, else the server; what that says is kept. */
  async get(key: string): Promise<Value | undefined> {
    const found = this.peek(key);
    if (found !== undefined) return found;
    const read = this.near.begin(key);
    this.#underWay++;
    try {
      const answer = await this.cluster.nodeOf(key).get(key);
      if (read !== undefined && answer !== undefined)
        this.near.fill(read, answer.value, answer.ttlMs, answer.isTagged);
      else if (read !== undefined) this.near.abandon(read);
      return answer?.value;
    } catch {
      if (read !== undefined) this.near.abandon(read);
      return undefined;
    } finally {
      this.#underWay--;
    }
  }

  /** As `client.set` or `client.delete`. */
  async write(key: string, does: "set" | "delete"): Promise<void> {
    const node = this.cluster.nodeOf(key);
    let write = 0;
    this.near.written(key);
    try {
      await node.write(() => {
        if (does === "set") write = node.server.set(key).write;
        else node.server.remove(key);
      });
      if (does === "set" && this.cluster.nodeOf(key) === node)
        this.#own.set(key, Math.max(write, this.#own.get(key) ?? 0));
    } catch {
      // It may have been done, or not.
    } finally {
      this.near.written(key);
    }
  }

  /** All keys to the first node, or every second one to the last. What was written where does not follow. */
  reroute(alone: boolean): void {
    const last = this.nodes.at(-1) as FakeNode;
    this.#own.clear();
    this.cluster.route = (at) => (alone || KEYS.indexOf(at as never) % 2 === 0 ? this.node : last);
    this.cluster.setNodes(alone ? [this.node] : [...this.nodes]);
  }

  /** Reads a key until it is given out without a request. */
  async warm(key: string): Promise<Value> {
    for (let tries = 0; tries < 20; tries++) {
      const value = this.peek(key);
      if (value !== undefined) return value;
      this.get(key);
      await this.pass(50);
    }
    throw new Error(`${key} is never given out from near: ${JSON.stringify(this.near.stats())}`);
  }

  /** Of a test that put values in which no server ever had. */
  async closeUnchecked(): Promise<void> {
    this.near.written(KEYS[0]);
    await this.close();
  }

  async close(): Promise<void> {
    this.near.close();
    await settle();
    for (const node of this.nodes) {
      assert.equal(node.streams, 0, "streams that are left open");
      node.link.goOn();
      node.link.cut();
      node.server.restart();
    }
    assert.equal(this.cluster.listeners, 0, "listeners that are left");
    // Deliveries and heartbeats of the model run out; whatever is set again after that is the near cache's.
    await this.pass(120_000);
    assert.equal(this.clock.pending, 0, "timers that are left");
    assert.equal(this.#underWay, 0);
    assert.equal(this.near.peek(KEYS[0]), undefined);
    assert.equal(this.near.begin(KEYS[0]), undefined);
  }

  #check(key: string, value: Value): void {
    assert.equal(value.key, key, "the value of another key");
    const { server } = this.nodes.find(({ server }) => server.had(value)) as FakeNode;
    assert.equal(server, this.cluster.nodeOf(key).server, `${key} is another server's now`);
    const staleMs = server.staleForMs(value);
    assert.ok(staleMs <= this.boundMs, `${key} has been out of date for ${staleMs} ms`);
    const expiredMs = server.expiredForMs(value);
    assert.ok(expiredMs <= 0.001, `${key} was given out ${expiredMs} ms past its time to live`);
    const own = this.#own.get(key) ?? 0;
    assert.ok(value.write >= own, `${key} is from write ${value.write}, but this client's own is ${own}`);
  }
}
