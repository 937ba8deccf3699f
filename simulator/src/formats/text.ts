/** The formats that are lines of text: plain keys, LIRS, ARC, Twitter's twemcache. */
import { type Add, type Fault, type LineFormat, shown } from "./format.js";

/** What `cache.record(path)` writes, and what the traces beside this simulator are in. */
export const keys: LineFormat = {
  kind: "lines",
  name: "keys",
  about: "a key a line, any text; what cache.record() writes",
  fits: (line) => /^[^\s,;|]+$/.test(line) && line !== "*",
  parse(line, add) {
    if (line === "") return "expected a key, found an empty line";
    add(line);
    return undefined;
  },
};

/** As the authors of LIRS publish theirs: block numbers, and `*` where a program begins. */
export const lirs: LineFormat = {
  kind: "lines",
  name: "lirs",
  about: 'a block number a line; "*" and empty lines separate programs',
  fits: (line) => /^(\d+|\*|)$/.test(line.trim()),
  parse(line, add) {
    const block = line.trim();
    if (block === "" || block === "*") return undefined;
    if (!/^\d+$/.test(block)) return `expected a block number or "*", found ${shown(line)}`;
    add(block);
    return undefined;
  },
};

/** One record may not be more blocks than this: a mistaken column would ask for billions. */
const ARC_BLOCKS_MAX = 10_000_000;
const ARC_LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*$/;

/** The disk traces of the ARC paper (Megiddo and Modha, FAST '03): each line asks for a run of blocks. */
export const arc: LineFormat = {
  kind: "lines",
  name: "arc",
  about: "start count ignored request-number; a request per block",
  fits: (line) => ARC_LINE.test(line),
  parse(line, add) {
    const [, start, count] = ARC_LINE.exec(line) ?? [];
    if (start === undefined)
      return `expected four numbers (start count ignored request), found ${shown(line)}`;
    return addRun(Number(start), Number(count), add);
  },
};

function addRun(start: number, count: number, add: Add): Fault {
  if (count > ARC_BLOCKS_MAX)
    return `expected at most ${ARC_BLOCKS_MAX} blocks in one request, found ${count}`;
  if (!Number.isSafeInteger(start + count)) return `expected a block number below 2^53, found ${start}`;
  for (let block = start; block < start + count; block++) add(String(block));
  return undefined;
}

/** Five fields behind the key, one before: the key itself may hold commas. */
const TWITTER_LINE = /^(\d+),(.+),(\d+),(\d+),(\d+),([a-z]+),(\d+)$/;
const TWITTER_READS = new Set(["get", "gets"]);
const TWITTER_WRITES = new Set([
  "set",
  "add",
  "replace",
  "cas",
  "append",
  "prepend",
  "delete",
  "incr",
  "decr",
]);

/** Twitter's cache clusters (Yang et al., OSDI '20): a request is a read; the writes that follow a miss are left out. */
export const twitter: LineFormat = {
  kind: "lines",
  name: "twitter",
  about: "time,key,key size,value size,client,op,ttl; gets are requests",
  fits: (line) => TWITTER_LINE.test(line),
  parse(line, add) {
    const [, , key, , , , operation] = TWITTER_LINE.exec(line) ?? [];
    if (key === undefined) {
      return `expected time,key,key size,value size,client,operation,ttl, found ${shown(line)}`;
    }
    if (TWITTER_WRITES.has(operation)) return undefined;
    if (!TWITTER_READS.has(operation)) return `there is no operation ${shown(operation)}`;
    add(key);
    return undefined;
  },
};
