/** Servers and keys that the router cases share. */
import type { RouterNode } from "../../client/routing/types.js";
import { hostileStrings } from "../hostile.js";
import { seededRandom } from "../policy-driver.js";

/** Urls that have little in common, and much. In no order. */
export const mixedServers: readonly RouterNode[] = [
  "http://10.0.0.7:4000",
  "https://cache.example.org/base",
  "http://10.0.0.70:4000",
  "unix:/run/stowage.sock",
  "http://[2001:db8::7]:4000",
  "http://cache-10:4000",
  "http://cache-9:4000",
].map((url) => ({ url, weight: 1 }));

/** Of each kind as many; what people use as keys. */
const perKind = 5_000;

export const keyKinds: Readonly<Record<string, readonly string[]>> = {
  numbers: keysOf((index) => String(index)),
  names: keysOf((index) => `user:${index}`),
  "long and nearly the same": keysOf(
    (index) => `${"tenant/eu-west/products/by-id/".repeat(4)}${index}/details`,
  ),
  random: keysOf((_, random) => `${hex(random)}${hex(random)}${hex(random)}`),
  "not of ASCII": keysOf((index) => `Größe:${index}:日本`),
};

/** Some of each kind, and hostile ones. */
export const allKeys: readonly string[] = [
  ...Object.values(keyKinds).flatMap((keys) => keys.slice(0, 1_000)),
  ...hostileStrings,
];

function keysOf(make: (index: number, random: () => number) => string): readonly string[] {
  const random = seededRandom(perKind);
  return Array.from({ length: perKind }, (_, index) => make(index, random));
}

function hex(random: () => number): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
}
