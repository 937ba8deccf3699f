/**
 * Consistent hashing: the default.
 *
 * Hash values make a ring. Each server stands on it at many points, in proportion to its weight, and has the keys from the
 * point before each of its own up to that point. A server that comes takes its share from all others alike and moves
 * nothing between them; one that goes leaves its share to all others.
 *
 *   point i of a server   murmur3(url + "#" + i), i = 0, 1, ... round(points x weight) - 1, one at the least
 *   a key's server        that of the first point >= murmur3(key), after the last the first one again;
 *                         of points at one place, that of the smaller url (by UTF-16 units)
 *
 * The more points, the more even the shares: they differ from their mean by about 1 / sqrt(points),
 * 4 % with 512. The price is memory (8 bytes a point) and time when the list changes; looking up is a binary search.
 *
 * Karger et al., "Consistent Hashing and Random Trees" (STOC 1997); points as in libketama.
 */

import { wholeNumber } from "../../../base/option-types.js";
import { declareOptions, option } from "../../../base/options.js";
import { murmur3 } from "../hash.js";
import { compare } from "../order.js";
import type { Router, RouterNode } from "../types.js";

export interface RingOptions {
  /** How often a server of weight 1 stands on the ring. Default 512. All processes have to use the same number. */
  points?: number;
}

interface Ring {
  /** By url. */
  readonly row: readonly RouterNode[];
  /** In ascending order. */
  readonly points: Uint32Array;
  /** Of each point, the place of its server in `row`. */
  readonly owners: Uint32Array;
}

/** 32 bits of a point and 20 of an owner are what a double holds exactly. */
const ownersMax = 2 ** 20;

const options = declareOptions({
  points: option({
    type: wholeNumber({ min: 1, max: 10_000 }),
    default: 512,
    meaning: "how often a server of weight 1 stands on the ring",
  }),
});

/**
 * Consistent hashing with weights. A server that comes or goes moves its own share of the keys and no other.
 *
 * @throws InvalidOptionError
 * @example new Client({ urls: ["http://cache-1:4000", { url: "http://cache-2:4000", weight: 2 }], router: ring() })
 */
export function ring(given?: RingOptions): Router<Ring> {
  const { points } = options.bind(given, "ring");
  return {
    name: "ring",
    init: (nodes) => placeAll(nodes, points),
    nodes: (state) => state.row,
    route: (state, key) => state.row[ownerAt(state, murmur3(key))],
  };
}

/**
 * A point and its owner are sorted as one number, the point above the owner: owners are numbered in the order of their urls,
 * so of points at one place that of the smaller url comes first.
 */
function placeAll(nodes: readonly RouterNode[], pointsPerNode: number): Ring {
  const row = [...nodes].sort((a, b) => compare(a.url, b.url));
  const placed: number[] = [];
  row.forEach(({ url, weight }, owner) => {
    // One server alone has everything, wherever it stands.
    const count = row.length === 1 ? 1 : Math.max(1, Math.round(pointsPerNode * weight));
    for (let index = 0; index < count; index++) placed.push(murmur3(`${url}#${index}`) * ownersMax + owner);
  });
  const sorted = Float64Array.from(placed).sort();
  return {
    row,
    points: Uint32Array.from(sorted, (each) => Math.floor(each / ownersMax)),
    owners: Uint32Array.from(sorted, (each) => each % ownersMax),
  };
}

function ownerAt({ points, owners }: Ring, hash: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle] < hash) low = middle + 1;
    else high = middle;
  }
  return owners[low === points.length ? 0 : low];
}
