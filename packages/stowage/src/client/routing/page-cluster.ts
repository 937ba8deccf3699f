/**
 * The cluster of a page: what several servers need is loaded when there are several.
 *
 * Most pages speak to one server, and should not have to load routers, searches and what becomes of servers that leave. So
 * one server is looked after here; everything else is the full cluster (cluster.ts), a chunk that is imported when the list
 * has several servers, when they are searched for, or at `setServers`. Calls wait for it through `ready`, as they do for a
 * search. What only a router can find wrong is an error of the calls then, not of `new Client`.
 */
import { ClosedError, StowageError } from "../../base/errors.js";
import { ServerUnavailableError, UnknownNodeError } from "../errors.js";
import type { Node } from "../nodes/types.js";
import type { ServerAddress } from "../types.js";
import { normalUrl, parseAddresses } from "./addresses.js";
import type { ClusterParts } from "./cluster.js";
import type { Cluster } from "./types.js";

type Servers = readonly (string | ServerAddress)[];
type Listener = (nodes: readonly Node[]) => void;

type Chunk = Pick<typeof import("./cluster.js"), "createCluster">;

/**
 * The cluster of a client in a page.
 *
 * @param load how the full cluster comes, for tests
 * @throws InvalidOptionError: a url or weight that is wrong
 */
export function createPageCluster(
  parts: ClusterParts,
  load: () => Promise<Chunk> = () => import("./cluster.js"),
): Cluster {
  return new PageCluster(parts, load);
}

class PageCluster implements Cluster {
  readonly #parts: ClusterParts;
  readonly #import: () => Promise<Chunk>;
  /** Each with how to stop the full cluster from telling it. */
  readonly #listeners = new Map<Listener, (() => void) | undefined>();
  /** The only server, until there is `#full`. */
  #node: Node | undefined;
  #full: Cluster | undefined;
  #loading: Promise<void> | undefined;
  /** Why the last attempt to get `#full` came to nothing. */
  #fault: unknown;
  /** By `setServers`, before there was `#full`. */
  #wanted: Servers | undefined;
  #closed = false;

  constructor(parts: ClusterParts, load: () => Promise<Chunk>) {
    this.#parts = parts;
    this.#import = load;
    const { servers } = parts;
    const addresses = isList(servers) ? parseAddresses(servers, { where: "new Client", option: "urls" }) : [];
    if (addresses.length === 1) this.#node = parts.createNode(addresses[0]);
    else this.#load();
  }

  get nodes(): readonly Node[] {
    return this.#full?.nodes ?? (this.#node === undefined ? [] : [this.#node]);
  }

  get ready(): Promise<void> | undefined {
    return this.#loading ?? this.#full?.ready;
  }

  nodeOf(key: string, local?: string): Node {
    if (this.#full !== undefined) return this.#full.nodeOf(key, local);
    const node = this.#node;
    if (node === undefined) throw this.#absent();
    if (local === undefined || local === node.url || normalUrl(local) === node.url) return node;
    throw new UnknownNodeError("local", local, [node.url]);
  }

  split(keys: readonly string[], local?: string): ReadonlyMap<Node, readonly number[]> {
    if (this.#full !== undefined) return this.#full.split(keys, local);
    const node = this.nodeOf("", local);
    return new Map(keys.length === 0 ? [] : [[node, keys.map((_, place) => place)]]);
  }

  oneNodeOf(keys: readonly string[], local?: string, what?: string): Node {
    return this.#full?.oneNodeOf(keys, local, what) ?? this.nodeOf("", local);
  }

  setServers(servers: Servers): void {
    if (this.#closed) throw new ClosedError("setServers");
    parseAddresses(servers, { where: "setServers", option: "servers" });
    if (this.#full !== undefined) {
      this.#full.setServers(servers);
      return;
    }
    this.#wanted = servers;
    this.#load();
  }

  onChange(listener: Listener): () => void {
    this.#listeners.set(listener, this.#full?.onChange(listener));
    return () => {
      this.#listeners.get(listener)?.();
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#full?.close();
    this.#node?.close();
    this.#node = undefined;
  }

  #load(): void {
    this.#loading ??= this.#loadFull().finally(() => {
      this.#loading = undefined;
    });
    this.#loading.catch(() => undefined); // it is told as a fault; here are only those who wait
  }

  async #loadFull(): Promise<void> {
    try {
      const { createCluster } = await this.#import();
      if (!this.#closed) this.#takeOver(createCluster);
    } catch (error) {
      this.#failed(error);
      if (this.#node !== undefined) return; // the one server goes on
      this.#fault = error;
      throw this.#absent();
    }
    await this.#full?.ready;
  }

  /** The node there is goes on in the full cluster, with all that is under way. */
  #takeOver(createCluster: Chunk["createCluster"]): void {
    const before = this.#node;
    let own = before;
    const full = createCluster({
      ...this.#parts,
      createNode: (address) => {
        const node = own ?? this.#parts.createNode(address);
        own = undefined;
        return node;
      },
    });
    this.#full = full;
    this.#node = undefined;
    for (const listener of this.#listeners.keys()) {
      this.#listeners.set(listener, full.onChange(listener));
      if (before === undefined && full.nodes.length > 0) listener(full.nodes);
    }
    if (this.#wanted !== undefined) this.#change(full, this.#wanted);
  }

  #change(full: Cluster, servers: Servers): void {
    try {
      full.setServers(servers);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#parts.onEvent?.({ type: "fault", error });
  }

  /** A chunk that could not be loaded is asked for again; what is wrong with the options stays so. */
  #absent(): unknown {
    if (this.#closed) return new ClosedError("route");
    if (this.#fault instanceof StowageError) return this.#fault;
    if (this.#fault !== undefined && this.#loading === undefined) this.#load();
    const attempt = { node: "(several servers)", what: "route" };
    return new ServerUnavailableError(attempt, "the code for several servers is not loaded", this.#fault);
  }
}

function isList(servers: ClusterParts["servers"]): servers is Servers {
  return Array.isArray(servers);
}
