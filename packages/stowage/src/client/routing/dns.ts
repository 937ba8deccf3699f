/**
 * Servers by their name in DNS: a name with several addresses (a headless service of Kubernetes, say), or a service with SRV
 * records, which name hosts and ports.
 *
 * Addresses are asked for as `connect` would, through the system (hosts file, search domains); SRV records from the name
 * servers. Left out: the priority and weight of SRV records. Priorities mean failover, and a key does not move to another
 * server because its own is away; weights of a name service change with the number of servers, which would move keys.
 */

import type { Duration } from "../../base/duration.js";
import { nodeBuiltin } from "../../base/node.js";
import { choice, duration, nonEmptyText, objectWith, wholeNumber } from "../../base/option-types.js";
import { declareOptions, option } from "../../base/options.js";
import type { Discovery } from "../types.js";

export interface DnsOptions {
  /** The name whose addresses are the servers. Either this or `service`. */
  host?: string;
  /**
   * The kind of addresses. Default 4. Not both: a server that has one of each would be two, and an answer that lacks one kind
   * for once would move all keys.
   */
  family?: 4 | 6;
  /** Where servers listen at these addresses. Default 4000. */
  port?: number;
  /** A name with SRV records, `_stowage._tcp.example.org`: the servers are the hosts and ports that they name. */
  service?: string;
  /** Default "http". With "https", certificates are checked against what stands in the url: with `host`, an address. */
  protocol?: "http" | "https";
  /** How often it is asked. Default "30s". */
  every?: Duration;
  /** Who is asked. Default: node:dns/promises. */
  resolver?: DnsResolver;
}

interface Place {
  readonly name: string;
  readonly port: number;
}

/** What of node:dns/promises is used. */
export interface DnsResolver {
  lookup(host: string, options: { all: true; family: 4 | 6 }): Promise<readonly { address: string }[]>;
  resolveSrv(name: string): Promise<readonly Place[]>;
}

const options = declareOptions(
  {
    host: option({
      type: nonEmptyText,
      default: undefined,
      meaning: "the name whose addresses are the servers",
    }),
    family: option({ type: choice(4, 6), default: 4, meaning: "the kind of addresses: IPv4 or IPv6" }),
    port: option({ type: wholeNumber({ min: 1, max: 65_535 }), default: 4000, meaning: "where they listen" }),
    service: option({
      type: nonEmptyText,
      default: undefined,
      meaning: "a name with SRV records, instead of host",
    }),
    protocol: option({ type: choice("http", "https"), default: "http", meaning: "how they are spoken to" }),
    every: option({
      type: duration,
      default: 30_000,
      defaultText: '`"30s"`',
      meaning: "how often it is asked",
    }),
    resolver: option({
      type: objectWith<DnsResolver>("a resolver", "lookup", "resolveSrv"),
      default: undefined,
      defaultText: "node:dns/promises",
      meaning: "who is asked",
    }),
  },
  [
    {
      options: ["host", "service"],
      when: ({ host, service }) => (host === undefined) === (service === undefined),
      right: "give one of the two",
    },
    {
      options: ["service", "port", "family"],
      when: ({ service }, given) => service !== undefined && (given.has("port") || given.has("family")),
      right: "SRV records name hosts and ports",
    },
  ],
);

/**
 * Finds the servers in DNS. Node only.
 *
 * @throws InvalidOptionError; UnavailableError, when it is asked, in browsers
 * @example new Client({ discover: dns({ host: "stowage.default.svc", port: 4000 }) })
 */
export function dns(given: DnsOptions): Discovery {
  const { host, family, port, service, protocol, every, resolver } = options.bind(given, "dns");
  const ask = (): DnsResolver => resolver ?? nodeBuiltin("node:dns/promises", "dns()");
  const addresses = async (name: string): Promise<Place[]> => {
    const found = await ask().lookup(name, { all: true, family });
    return found.map(({ address }) => ({ name: address, port }));
  };
  return {
    everyMs: every,
    async find() {
      const places =
        service === undefined ? await addresses(host as string) : await ask().resolveSrv(service);
      return [...new Set(places.map((place) => `${protocol}://${inUrl(place.name)}:${place.port}`))];
    },
  };
}

/** IPv6 addresses stand in brackets. A name may end with the dot of the root; a certificate's does not. */
function inUrl(name: string): string {
  return name.includes(":") ? `[${name}]` : name.replace(/\.$/, "");
}
