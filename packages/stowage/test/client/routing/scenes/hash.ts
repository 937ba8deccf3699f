/** What processes that never speak to each other agree on: hashes, parts of keys, order. */

import { finish, murmur3 } from "../../../../src/client/routing/hash.js";
import { routingPart } from "../../../../src/client/routing/hash-tag.js";
import { inOrder } from "../../../../src/client/routing/order.js";
import { jumpHash } from "../../../../src/client/routing/routers/jump.js";
import { rendezvous } from "../../../../src/client/routing/routers/rendezvous.js";
import { identical, same } from "../../../../src/testing/check.js";
import { hostileStrings } from "../../../../src/testing/hostile.js";
import { seededRandom } from "../../../../src/testing/policy-driver.js";
import { jumpOf, murmur3Of } from "./reference.js";
import type { Scene } from "./scene.js";

export const hashScenes: readonly Scene[] = [
  {
    name: "murmur3 gives the values that are published for it",
    run() {
      for (const [text, hash] of [
        ["", 0],
        ["test", 0xba6bd213],
        ["Hello, world!", 0xc0363e43],
        ["The quick brown fox jumps over the lazy dog", 0x2e4ff723],
      ] as const) {
        identical(murmur3Of(text), hash, `the reference, of ${text}`);
        identical(murmur3(text), hash, text);
      }
    },
  },
  {
    name: "murmur3 is that of the UTF-8 bytes, for any text",
    run() {
      for (const text of hostileStrings)
        identical(murmur3(text), murmur3Of(text), JSON.stringify(text.slice(0, 50)));
      const random = seededRandom(1);
      const units = [
        0x00, 0x41, 0x7f, 0x80, 0xff, 0x7ff, 0x800, 0xd7ff, 0xd83d, 0xde00, 0xe000, 0xfffd, 0xffff,
      ];
      for (let time = 0; time < 3_000; time++) {
        const length = Math.floor(random() * 12);
        const text = String.fromCharCode(
          ...Array.from({ length }, () => units[Math.floor(random() * (time % 2 === 0 ? 3 : units.length))]),
        );
        identical(murmur3(text), murmur3Of(text), JSON.stringify(text));
      }
    },
  },
  {
    name: "finish is a bijection's step: no two of many inputs give one output",
    run() {
      const outputs = new Set(Array.from({ length: 100_000 }, (_, index) => finish(index * 42_949)));
      identical(outputs.size, 100_000);
      identical(finish(0), 0);
      identical(finish(1), 0x514e28b7);
    },
  },
  {
    name: "jump gives the values that are published for it, and those of 64-bit arithmetic",
    run() {
      for (const [key, buckets, bucket] of [
        [1, 1, 0],
        [42, 57, 43],
        [0xdead10cc, 1, 0],
        [0xdead10cc, 666, 361],
        [256, 1_024, 520],
      ])
        identical(jumpHash(0, key, buckets), bucket, `jump(${key}, ${buckets})`);
      // The lower half becomes 2^32 - 1 before 1 is added: a carry that chance would not find.
      const carries = 0x666313ab;
      identical(jumpHash(1, carries, 3_000), jumpOf((1n << 32n) | BigInt(carries), 3_000), "with a carry");
      const random = seededRandom(2);
      const word = () => Math.floor(random() * 2 ** 32);
      for (let time = 0; time < 3_000; time++) {
        const [high, low, buckets] = [time % 2 === 0 ? 0 : word(), word(), 1 + Math.floor(random() * 3_000)];
        const expected = jumpOf((BigInt(high) << 32n) | BigInt(low), buckets);
        identical(jumpHash(high, low, buckets), expected, `jump(${high}, ${low}, ${buckets})`);
      }
    },
  },
  {
    name: "what decides of a key: the first braces, if there is anything between them",
    run() {
      for (const [key, part] of [
        ["user:1", "user:1"],
        ["{user:1}:posts", "user:1"],
        ["posts:{user:1}", "user:1"],
        ["{user:1}{user:2}", "user:1"],
        ["{}:posts", "{}:posts"],
        ["{}{user:1}", "{}{user:1}"],
        ["{user:1", "{user:1"],
        ["user:1}", "user:1}"],
        ["}{user:1}", "user:1"],
        ["{{user:1}}", "{user:1"],
        ["{ }", " "],
        ["", ""],
      ])
        identical(routingPart(key), part, key);
    },
  },
  {
    name: "servers are in order when numbers are compared as numbers",
    run() {
      const urls = [
        "http://10.0.0.9:4000",
        "http://10.0.0.10:4000",
        "http://cache-01:4000",
        "http://cache-1:4000",
        "http://cache-9:4000",
        "http://cache-9b:4000",
        "http://cache-10:4000",
        `http://cache-${"9".repeat(25)}:4000`,
        "http://cache:80",
        "http://cache:4000",
        "unix:/run/2.sock",
      ];
      const nodes = [...urls].reverse().map((url) => ({ url, weight: 1 }));
      same(
        inOrder(nodes).map(({ url }) => url),
        urls,
      );
      same(
        inOrder([...nodes].reverse()).map(({ url }) => url),
        urls,
      );
      identical(nodes[0].url, urls[urls.length - 1], "the list given");
    },
  },
  {
    name: "two servers whose urls have one hash share keys like any others",
    run() {
      const [one, other] = twoOfOneHash();
      const router = rendezvous();
      for (const nodes of [
        [one, other],
        [other, one],
      ]) {
        const state = router.init(nodes.map((url) => ({ url, weight: 1 })));
        const count = Array.from(
          { length: 1_000 },
          (_, index) => router.route(state, `key:${index}`).url,
        ).filter((url) => url === one).length;
        identical(count > 400 && count < 600, true, `${one} has ${count} of 1,000`);
        identical(
          router.route(state, "key:1").url,
          router.route(router.init([one, other].map((url) => ({ url, weight: 1 }))), "key:1").url,
        );
      }
    },
  },
];

function twoOfOneHash(): [string, string] {
  const known = new Map<number, string>();
  for (let index = 0; index < 1_000_000; index++) {
    const url = `http://cache-${index}:4000`;
    const other = known.get(murmur3(url));
    if (other !== undefined) return [other, url];
    known.set(murmur3(url), url);
  }
  throw new Error("no two of a million urls have one hash of 32 bits");
}
