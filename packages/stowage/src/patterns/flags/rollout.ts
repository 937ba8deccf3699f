/**
 * Which part of a roll-out somebody is in: a number from 0 up to 10,000 out of the flag's name and his id, the same in every
 * process and for ever. Who is in at 10 % is in at 20 %; and flags draw by themselves, so that it is not always the same people.
 *
 * The hash is FNV-1a (32 bits) over UTF-16 code units, low byte first, with the last step of MurmurHash3 behind it, without which
 * ids that differ in their last digit only would stand beside each other. It is published (draft-eastlake-fnv) and never changed
 * here: another one would draw everybody anew.
 */
export const PARTS = 10_000;

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

export function partOf(flag: string, user: string): number {
  return Math.floor((hash(`${flag.length}:${flag}:${user}`) / 2 ** 32) * PARTS);
}

function hash(text: string): number {
  let h = OFFSET;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    h = Math.imul(h ^ (unit & 0xff), PRIME);
    h = Math.imul(h ^ (unit >>> 8), PRIME);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
