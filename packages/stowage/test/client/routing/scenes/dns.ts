/** Servers in DNS: through the system, and through a name server of the scene. */
import { promises } from "node:dns";
import { type DnsOptions, dns } from "../../../../src/client/routing/dns.js";
import { identical, ok, same, throws } from "../../../../src/testing/check.js";
import { nameServer } from "./name-server.js";
import type { Scene } from "./scene.js";

const { signal } = new AbortController();

export const dnsScenes: readonly Scene[] = [
  {
    name: "finds the addresses of a name through the system",
    async run() {
      const found = dns({ host: "localhost", port: 4_001 });
      same(await found.find(signal), ["http://127.0.0.1:4001"]);
      identical(found.everyMs, 30_000);
    },
  },
  {
    name: "asks for the addresses of one family, puts those of IPv6 in brackets, and names each server once",
    async run() {
      const asked: unknown[] = [];
      const resolver = {
        async lookup(host: string, options: object) {
          asked.push([host, options]);
          return [{ address: "2001:db8::1" }, { address: "2001:db8::2" }, { address: "2001:db8::1" }];
        },
        resolveSrv: () => Promise.reject(new Error("not asked for")),
      };
      const found = dns({ host: "cache.internal", family: 6, protocol: "https", every: "1m", resolver });
      same(await found.find(signal), ["https://[2001:db8::1]:4000", "https://[2001:db8::2]:4000"]);
      same(asked, [["cache.internal", { all: true, family: 6 }]]);
      identical(found.everyMs, 60_000);
    },
  },
  {
    name: "finds hosts and ports in SRV records",
    async run() {
      const server = await nameServer({
        "_stowage._tcp.example.org": [
          { name: "cache-1.example.org", port: 4_000 },
          { name: "cache-2.example.org", port: 4_001 },
          { name: "cache-1.example.org", port: 4_000 },
        ],
      });
      try {
        const asking = new promises.Resolver({ timeout: 2_000, tries: 1 });
        asking.setServers([`127.0.0.1:${server.port}`]);
        const resolver = { lookup: promises.lookup, resolveSrv: (name: string) => asking.resolveSrv(name) };
        const found = await dns({ service: "_stowage._tcp.example.org", resolver }).find(signal);
        same([...found].sort(), ["http://cache-1.example.org:4000", "http://cache-2.example.org:4001"]);
        const absent = await dns({ service: "_none._tcp.example.org", resolver })
          .find(signal)
          .catch((error: unknown) => String(error));
        ok(String(absent).includes("ENOTFOUND"), `a name that is not there: ${absent}`);
      } finally {
        server.close();
      }
    },
  },
  {
    name: "takes the dot of the root off names",
    async run() {
      const resolver = {
        lookup: promises.lookup,
        resolveSrv: async () => [{ name: "cache-1.example.org.", port: 1 }],
      };
      same(await dns({ service: "_s._tcp.x", resolver }).find(signal), ["http://cache-1.example.org:1"]);
    },
  },
  {
    name: "says what is wrong with its options",
    run() {
      const wrong: [DnsOptions | undefined, string][] = [
        [undefined, "host"],
        [{}, "service"],
        [{ host: "a", service: "b" }, "host"],
        [{ service: "b", port: 4_000 }, "port"],
        [{ service: "b", family: 4 }, "family"],
        [{ host: "" }, "host"],
        [{ host: "a", port: 0 }, "port"],
        [{ host: "a", port: 65_536 }, "port"],
        [{ host: "a", family: 5 as 4 }, "family"],
        [{ host: "a", protocol: "ftp" as "http" }, "protocol"],
        [{ host: "a", every: "0s" }, "every"],
        [{ host: "a", resolver: {} as DnsOptions["resolver"] }, "resolver"],
        [{ host: "a", hots: 1 } as DnsOptions, "host"],
      ];
      for (const [options, says] of wrong)
        throws(() => dns(options as DnsOptions), { name: "InvalidOptionError", says: ["dns", says] });
    },
  },
];
