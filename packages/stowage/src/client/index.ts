/** `stowage/client`: what an application imports to use one server or fifty. */
import { findNodeBuiltin } from "../base/node.js";
import type { Platform } from "./assemble.js";
import { Client as WebClient } from "./client.js";
import { loadDefaults } from "./loading/options.js";
import type { BoundClientOptions } from "./options.js";
import { createCluster } from "./routing/cluster.js";
import { socketTransport } from "./transport/sockets.js";
import type { AnyEntries } from "./types.js";

export { type DnsOptions, type DnsResolver, dns } from "./routing/dns.js";
export { type SocketTls, socketTransport } from "./transport/sockets.js";
export * from "./web/index.js";

/**
 * A client of one Stowage server, or of many; over sockets of its own, which take less than half of what `fetch` takes.
 *
 * @typeParam Entries keys and the types of their values, such as `{ [key: \`user:${string}\`]: User; config: Config }`.
 * Left out: all keys, and values of whatever type the call names.
 * @example
 * const client = new Client({ url: "http://127.0.0.1:4000" });
 * await client.set("user:1", { name: "Ada" }, { ttl: "5m" });
 * const user = await client.get<User>("user:1");
 */
export class Client<Entries extends object = AnyEntries> extends WebClient<Entries> {
  static {
    // Two classes of one name: bundlers give one of them another, which would be seen wherever a client is printed.
    Object.defineProperty(Client, "name", { value: "Client" });
  }

  /** @internal */
  protected override platform(options: BoundClientOptions): Platform {
    // A page checks these values when it first loads something; here it can be done at once.
    loadDefaults.bind(options.fetch, "new Client", "fetch.");
    const hasSockets = options.fetchWith === null && findNodeBuiltin("node:net") !== undefined;
    if (!hasSockets) return { ...super.platform(options), createCluster };
    return { transport: socketTransport(), hasManyConnections: true, createCluster };
  }
}
