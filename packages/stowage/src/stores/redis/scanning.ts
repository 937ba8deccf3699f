/**
 * All keys that begin so, on every server that holds some. Redis answers a SCAN with a page of what it has come by, which may be
 * empty, and a cursor; each server of a Cluster is scanned for itself, in the order of their addresses.
 *
 * What is there all the while is found at least once. A Cluster whose masters change during a scan is another one: `removeAll` then begins
 * again, and a scan by pages goes on with the servers that it has not come to.
 */
import { asciiOf } from "./arguments.js";
import type { RedisNode } from "./clients/client.js";
import type { Commands, RedisCall } from "./commands.js";
import type { FoundKey, Keys } from "./keys.js";

export interface FoundPage {
  readonly found: readonly FoundKey[];
  /** Where to go on; undefined: that was all. */
  readonly cursor: string | undefined;
}

/** How much a server looks at for one answer: some hundred microseconds of its time at most. */
const COUNT_MIN = 100;
const COUNT_MAX = 1_000;
/** A cluster whose masters change more often than that during one clear does not come to rest. */
const ROUNDS_MAX = 5;
const START = "0";

export class Scanning {
  readonly #commands: Commands;
  readonly #keys: Keys;

  constructor(commands: Commands, keys: Keys) {
    this.#commands = commands;
    this.#keys = keys;
  }

  /** The next page that has keys; its cursor names the server and the place there. */
  async page(prefix: string, cursor: string | undefined, limit: number, call: RedisCall): Promise<FoundPage> {
    const nodes = inOrder(await this.#commands.masters(call));
    let [place, address] = cursor === undefined ? [START, nodes[0].address] : split(cursor);
    let at = nodes.findIndex((node) => node.address >= address);
    if (at >= 0 && nodes[at].address !== address) place = START;
    // Where nothing is found, more is looked at each time.
    for (let count = Math.max(limit, COUNT_MIN); at >= 0 && at < nodes.length; count *= 2) {
      const { found, next } = await this.#scan(nodes[at], prefix, place, Math.min(count, COUNT_MAX), call);
      if (next === START) at++;
      place = next;
      address = nodes[at]?.address ?? "";
      const isOver = at === nodes.length;
      if (found.length > 0 || isOver) return { found, cursor: isOver ? undefined : `${place} ${address}` };
    }
    return { found: [], cursor: undefined };
  }

  /** Gives every key that begins so to `remove`, page by page; @returns the sum of what that gives */
  async removeAll(
    prefix: string,
    remove: (found: readonly FoundKey[]) => Promise<number>,
    call: RedisCall,
  ): Promise<number> {
    let count = 0;
    let scanned: string | undefined;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const nodes = inOrder(await this.#commands.masters(call));
      const addresses = nodes.map(({ address }) => address).join();
      if (addresses === scanned) return count;
      scanned = addresses;
      for (const node of nodes) {
        let place = START;
        do {
          const { found, next } = await this.#scan(node, prefix, place, COUNT_MAX, call);
          if (found.length > 0) count += await remove(found);
          place = next;
        } while (place !== START);
      }
      if (nodes.length === 1) return count;
    }
    return count;
  }

  async #scan(node: RedisNode, prefix: string, place: string, count: number, call: RedisCall) {
    call.signal?.throwIfAborted();
    const pattern = this.#keys.pattern(prefix);
    const reply = await node.send({
      key: undefined,
      args: ["SCAN", place, "MATCH", pattern, "COUNT", count],
    });
    const [next, keys] = reply as [Uint8Array, Uint8Array[]];
    const found = keys.map((bytes) => this.#keys.found(bytes, prefix)).filter((key) => key !== undefined);
    return { found, next: asciiOf(next) };
  }
}

function inOrder(nodes: readonly RedisNode[]): readonly RedisNode[] {
  return [...nodes].sort((a, b) => (a.address < b.address ? -1 : 1));
}

function split(cursor: string): [place: string, address: string] {
  const at = cursor.indexOf(" ");
  return [cursor.slice(0, at), cursor.slice(at + 1)];
}
