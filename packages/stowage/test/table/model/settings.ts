/** The tables that the model test runs against: what each is about. All values up to 128 KiB, in segments of 16 KiB. */
import { type Setting, VALUE_BYTES_MAX } from "./world.js";

const small = { memory: "1mb", segmentSize: "16kb", maxValueSize: VALUE_BYTES_MAX } as const;

export const settings: readonly Setting[] = [
  { name: "roomy", options: { ...small, memory: "8mb" }, evicts: false },
  {
    name: "with a ttl, without a janitor",
    options: { ...small, memory: "8mb", ttl: 30, janitor: false },
    evicts: false,
  },
  { name: "so small that it evicts", options: small, evicts: true },
  { name: "so small that it is full", options: { ...small, evict: false }, evicts: false, fills: true },
  { name: "of one entry", options: { ...small, memory: "4mb", max: 1 }, evicts: true },
  { name: "of three entries", options: { ...small, memory: "4mb", max: 3, feed: 64 }, evicts: true },
];
