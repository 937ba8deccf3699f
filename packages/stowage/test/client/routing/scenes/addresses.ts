/** Urls of servers. */
import { normalUrl, parseAddresses } from "../../../../src/client/routing/addresses.js";
import { identical, ok, same, throws } from "../../../../src/testing/check.js";
import type { Scene } from "./scene.js";

const source = { where: "new Client", option: "urls" };
type List = Parameters<typeof parseAddresses>[0];

export const addressScenes: readonly Scene[] = [
  {
    name: "different ways to write a url are one server",
    run() {
      for (const [written, normal] of [
        ["http://cache-1:4000", "http://cache-1:4000"],
        ["http://Cache-1:4000/", "http://cache-1:4000"],
        ["HTTP://cache-1:80", "http://cache-1"],
        ["https://cache-1:443//", "https://cache-1"],
        ["https://cache-1/Base/", "https://cache-1/Base"],
        ["http://[::1]:4000", "http://[::1]:4000"],
        ["http://[0:0::1]:4000/", "http://[::1]:4000"],
        ["unix:/run/stowage.sock", "unix:/run/stowage.sock"],
        ["unix:///run/Stowage.sock", "unix:/run/Stowage.sock"],
      ])
        identical(normalUrl(written), normal, written);
    },
  },
  {
    name: "what is no url of a server is none",
    run() {
      for (const wrong of [
        "",
        "cache-1",
        "cache-1:4000",
        "ftp://cache-1",
        "redis://cache-1",
        "http://",
        "http://a b",
        "unix:",
        "unix:/",
        "unix:stowage.sock",
        "http://user@a",
        "http://:secret@a",
        "http://a?b",
        "http://a#b",
        "http://a:70000",
      ]) {
        identical(normalUrl(wrong), undefined, wrong);
        throws(() => parseAddresses(["http://a", wrong], source), {
          name: "InvalidOptionError",
          says: ["new Client", "urls[1]", "http://cache-1:4000"],
        });
      }
    },
  },
  {
    name: "addresses are frozen, in order, with weight 1 unless it is given",
    run() {
      const parsed = parseAddresses(
        ["http://b/", { url: "http://a", weight: 0.5 }, { url: "http://c" }],
        source,
      );
      same(
        [...parsed],
        [
          { url: "http://b", weight: 1 },
          { url: "http://a", weight: 0.5 },
          { url: "http://c", weight: 1 },
        ],
      );
      ok(Object.isFrozen(parsed) && parsed.every(Object.isFrozen), "they can be changed");
    },
  },
  {
    name: "weights are numbers from 0.01 to 100",
    run() {
      for (const weight of [0.01, 1, 100]) parseAddresses([{ url: "http://a", weight }], source);
      for (const weight of [
        0,
        -1,
        0.009,
        100.1,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        "1" as unknown as number,
        null as unknown as number,
      ])
        throws(() => parseAddresses([{ url: "http://a", weight }], source), {
          name: "InvalidOptionError",
          says: ["urls[0].weight", "0.01", "100"],
        });
    },
  },
  {
    name: "a server is there once, and there is one at the least",
    run() {
      throws(() => parseAddresses(["http://a", "http://A:80/"], source), {
        name: "InvalidOptionError",
        says: ["urls[1]", "http://a"],
      });
      for (const wrong of [[], undefined, null, "http://a", new Set(["http://a"])])
        throws(() => parseAddresses(wrong as unknown as List, source), {
          name: "InvalidOptionError",
          says: ["at least one"],
        });
      for (const wrong of [undefined, null, 1, {}, [], { url: 1 }])
        throws(() => parseAddresses([wrong] as unknown as List, source), {
          name: "InvalidOptionError",
          says: ["urls[0]"],
        });
    },
  },
];
