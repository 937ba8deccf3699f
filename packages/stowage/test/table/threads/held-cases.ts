/** The calls that are held up, and what happens meanwhile: each pair is a race that a table can get wrong. */
import type { Event } from "./held.worker.js";
import type { Style } from "./operations.js";
import type { RegisterCall } from "./register.js";

export interface HeldCase {
  readonly style: Style;
  readonly before: readonly RegisterCall[];
  readonly held: RegisterCall;
  readonly meanwhile: readonly (RegisterCall | Event)[];
}

const set = (value: number): RegisterCall => ({ verb: "set", value });
const get: RegisterCall = { verb: "get" };
const remove: RegisterCall = { verb: "delete" };
const incr: RegisterCall = { verb: "incr", amount: 1 };
const append = (value: number): RegisterCall => ({ verb: "append", value });

const text: Style = { kind: "text" };
const short: Style = { kind: "stamped", bytes: [200] };
const middling: Style = { kind: "stamped", bytes: [3_500] };
const long: Style = { kind: "stamped", bytes: [40_000] };
const list: Style = { kind: "list", bytes: [9_000] };

export const heldCases: Readonly<Record<string, HeldCase>> = {
  "get; it is overwritten, its memory used again": {
    style: short,
    before: [set(1)],
    held: get,
    meanwhile: [set(2), "recycle"],
  },
  "get of some KiB; it is overwritten, its memory used again": {
    style: middling,
    before: [set(1)],
    held: get,
    meanwhile: [set(2), "recycle"],
  },
  "get of a long value; it is overwritten, its memory used again": {
    style: long,
    before: [set(1)],
    held: get,
    meanwhile: [set(2), "recycle", set(3)],
  },
  "get; it is deleted, its memory used again": {
    style: short,
    before: [set(1)],
    held: get,
    meanwhile: [remove, "recycle"],
  },
  "get of a counter; it is counted": {
    style: text,
    before: [set(1), incr],
    held: get,
    meanwhile: [incr, incr],
  },
  "get of a counter; it is moved and counted": {
    style: text,
    before: [set(1)],
    held: get,
    meanwhile: [incr, "clean", incr],
  },
  "get; the index grows": { style: text, before: [set(1)], held: get, meanwhile: ["grow"] },
  "get; everything is evicted": { style: short, before: [set(1)], held: get, meanwhile: ["evict"] },
  "expire; its old time is over": {
    style: short,
    before: [set(1), { verb: "expire", value: 1_000 }],
    held: { verb: "expire", value: 1_000_000 },
    meanwhile: ["age"],
  },
  "set; another set": { style: short, before: [set(1)], held: set(2), meanwhile: [set(3), get] },
  "set of a new key; another set": { style: short, before: [], held: set(2), meanwhile: [set(3), get] },
  "set of a new key; the index grows": { style: text, before: [], held: set(2), meanwhile: ["grow", get] },
  "set over an old value; the index grows": {
    style: text,
    before: [set(1)],
    held: set(2),
    meanwhile: ["grow", get],
  },
  "set; it is moved": { style: text, before: [set(1)], held: set(2), meanwhile: ["clean", get] },
  "set of a long value; memory is used again": {
    style: long,
    before: [set(1)],
    held: set(2),
    meanwhile: [set(3), "recycle", get],
  },
  "incr of a counter; it is read": {
    style: text,
    before: [set(1), incr],
    held: incr,
    meanwhile: [get, get],
  },
  "incr of a counter; it is moved": {
    style: text,
    before: [set(1), incr],
    held: incr,
    meanwhile: ["clean", get],
  },
  "incr; another incr": { style: text, before: [set(1)], held: incr, meanwhile: [incr, get] },
  "incr of a new key; another incr": { style: text, before: [], held: incr, meanwhile: [incr, get] },
  "incr; it is moved": { style: text, before: [set(1)], held: incr, meanwhile: [incr, "clean", get] },
  "incr; it is deleted": { style: text, before: [set(1)], held: incr, meanwhile: [remove, get] },
  "incr; the index grows": { style: text, before: [set(1)], held: incr, meanwhile: [incr, "grow", incr] },
  "append; it is overwritten twice, with the same place": {
    style: list,
    before: [set(1)],
    held: append(2),
    // So many that the last one begins where the first one did.
    meanwhile: [set(3), "recycle", set(4), set(5), set(6), set(7), set(8), set(9), set(10), set(11)],
  },
  "append; another append": { style: list, before: [set(1)], held: append(2), meanwhile: [append(3), get] },
  "compareAndSet; it is overwritten": {
    style: short,
    before: [set(1)],
    held: { verb: "cas", expected: 0, value: 2 },
    meanwhile: [set(3), get],
  },
  "compareAndSet; it is moved": {
    style: text,
    before: [set(1)],
    held: { verb: "cas", expected: 0, value: 2 },
    meanwhile: ["clean", get],
  },
  "delete; it is overwritten": { style: short, before: [set(1)], held: remove, meanwhile: [set(2), get] },
  "delete; it is moved": { style: text, before: [set(1)], held: remove, meanwhile: ["clean", get] },
  "take; it is overwritten": {
    style: short,
    before: [set(1)],
    held: { verb: "take" },
    meanwhile: [set(2), get],
  },
  "deleteIf; it is overwritten": {
    style: short,
    before: [set(1)],
    held: { verb: "deleteIf", expected: 0 },
    meanwhile: [set(2), get],
  },
  "add; another add": {
    style: short,
    before: [],
    held: { verb: "add", value: 2 },
    meanwhile: [{ verb: "add", value: 3 }, get],
  },
  "replace; it is deleted": {
    style: short,
    before: [set(1)],
    held: { verb: "replace", value: 2 },
    meanwhile: [remove, get],
  },
};
