/** The published functions once more, as their papers and sources write them: over bytes and 64-bit numbers, slow and plain. */

/** MurmurHash3_x86_32 with seed 0, over UTF-8. */
export function murmur3Of(text: string): number {
  const bytes = Buffer.from(text, "utf8");
  const mask = 0xffffffffn;
  const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (32n - by))) & mask;
  const mix = (k: bigint) => (rotate((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  let h = 0n;
  const blocks = Math.floor(bytes.length / 4);
  for (let block = 0; block < blocks; block++) {
    h ^= mix(BigInt(bytes.readUInt32LE(4 * block)));
    h = (rotate(h, 13n) * 5n + 0xe6546b64n) & mask;
  }
  const tail = bytes.subarray(4 * blocks);
  if (tail.length > 0) h ^= mix(BigInt(tail.readUIntLE(0, tail.length)));
  h ^= BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & mask;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & mask;
  return Number(h ^ (h >> 16n));
}

/** JumpConsistentHash of the paper, figure 1. */
export function jumpOf(given: bigint, buckets: number): number {
  let key = given;
  let b = -1;
  let j = 0;
  while (j < buckets) {
    b = j;
    key = BigInt.asUintN(64, key * 2862933555777941757n + 1n);
    j = Math.floor((b + 1) * (2 ** 31 / (Number(key >> 33n) + 1)));
  }
  return b;
}
