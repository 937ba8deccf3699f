/**
 * What must hold of a snapshot whatever happens meanwhile, as functions that count what does not: so that they can be run
 * on tables that are broken on purpose (mutants.test.ts).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SharedTable } from "../../../src/table/index.js";
import { Random } from "../support/random.js";
import { stamped, stampOf } from "../support/values.js";
import { countSound, fill, fillVaried, keyOf, makeTable, temporaryFolder } from "./support.js";

const folder = temporaryFolder();

export interface Verdict {
  /** Entries that were there all the time and did not come back. */
  lost: number;
  /** Values that were never written under their key, or are older than the snapshot. */
  wrong: number;
}

/** Writes a snapshot, doing something at its first report of progress, and loads it. */
async function through(table: SharedTable, path: string, meanwhile: () => void) {
  let done = false;
  await table.snapshot(path, {
    onProgress() {
      if (!done) meanwhile();
      done = true;
    },
  });
  const other = makeTable();
  const report = await other.load(path);
  other.verify();
  return { other, report };
}

/** All entries are written anew while the first block is on its way: their items lie elsewhere then. */
export async function rewritten(): Promise<Verdict> {
  const count = 1_500;
  const table = makeTable({ segmentSize: "16kb" });
  fill(table, count, 1_000);
  const { other } = await through(table, join(folder, "rewritten"), () => {
    for (let index = count - 1; index >= 0; index--) table.set(keyOf(index), stamped(index, 2, 1_000));
  });
  let lost = 0;
  let wrong = 0;
  for (let index = 0; index < count; index++) {
    const value = other.get(keyOf(index));
    if (value === undefined) lost++;
    else if (stampOf(value).key !== index) wrong++;
  }
  // In the second pass all were found with their new values, and those count.
  for (const [, value] of other.entries()) if (stampOf(value).write !== 2) wrong++;
  return { lost, wrong };
}

/** Entries that nobody touches are moved by the cleaner, because those around them are written anew. */
export async function cleaned(): Promise<Verdict> {
  const table = makeTable({ memory: "4mb", segmentSize: "16kb" });
  const stable = 1_200;
  for (let index = 0; index < stable; index++) {
    table.set(keyOf(index), stamped(index, 1, 1_000));
    table.set(`hot:${index}`, stamped(index, 1, 1_000));
  }
  const { other } = await through(table, join(folder, "cleaned"), () => {
    for (let write = 0; write < 3 * stable; write++) {
      table.set(`hot:${write % stable}`, stamped(0, write, 1_000));
    }
  });
  let lost = 0;
  let wrong = 0;
  for (let index = 0; index < stable; index++) {
    // What the table itself has evicted is not lost by the snapshot.
    if (!table.has(keyOf(index))) continue;
    const value = other.get(keyOf(index));
    if (value === undefined) lost++;
    else if (!value.equals(stamped(index, 1, 1_000))) wrong++;
  }
  return { lost, wrong };
}

export const damages = ["flip", "zero", "cut", "garbage", "swap", "repeat"] as const;
export type Damage = (typeof damages)[number];

const entries = 3_000;
let pristine: Buffer | undefined;

/** A file of a dozen blocks. */
export async function pristineFile(): Promise<Buffer> {
  if (pristine !== undefined) return pristine;
  const table = makeTable();
  fillVaried(table, entries);
  table.set("long", stamped(entries, 1, 400_000));
  const path = join(folder, "pristine");
  await table.snapshot(path);
  table.close();
  pristine = readFileSync(path);
  return pristine;
}

export function damaged(file: Buffer, how: Damage, random: Random): Buffer {
  const bytes = Buffer.from(file);
  const from = random.below(bytes.length);
  const length = 1 + random.below(random.pick([8, 64, 4_096, 300_000]));
  const to = Math.min(bytes.length, from + length);
  if (how === "flip")
    for (let i = 0; i < 1 + random.below(20); i++) bytes[random.below(bytes.length)] ^= 1 << random.below(8);
  if (how === "zero") bytes.fill(0, from, to);
  if (how === "cut") return bytes.subarray(0, from);
  if (how === "garbage") for (let i = from; i < to; i++) bytes[i] = random.below(256);
  if (how === "swap") bytes.copy(bytes, random.below(bytes.length), from, to);
  if (how === "repeat") return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  return bytes;
}

/** Loads a damaged file: wrong values that are served, and entries that are gone without being accounted for. */
export async function loadDamaged(how: Damage, seed: number): Promise<Verdict> {
  const file = damaged(await pristineFile(), how, new Random(seed));
  const path = join(folder, "damaged");
  writeFileSync(path, file);
  const table = makeTable();
  let report: Awaited<ReturnType<SharedTable["load"]>>;
  try {
    report = await table.load(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "STOWAGE_SNAPSHOT") throw error;
    const size = table.size();
    table.close();
    return { lost: 0, wrong: size };
  }
  const { lost, wrong } = judge(table, report);
  table.verify();
  table.close();
  return { lost, wrong };
}

function judge(table: SharedTable, report: Awaited<ReturnType<SharedTable["load"]>>): Verdict {
  const long = table.get("long");
  let wrong = long !== undefined && !long.equals(stamped(entries, 1, 400_000)) ? 1 : 0;
  table.delete("long");
  try {
    countSound(table);
  } catch {
    wrong++;
  }
  const missing = entries + 1 - report.entries;
  const accounted = report.corruptBlocks > 0 || !report.complete || missing === 0;
  return { lost: accounted ? 0 : missing, wrong };
}
