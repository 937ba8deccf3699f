/**
 * What durability promises, as functions that say what does not hold: so that they can be run on stores that are broken
 * on purpose (mutants.test.ts).
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "stowage";
import { SharedTable } from "stowage/table";
import { StoreError } from "../../src/durability/index.js";
import { everyMs, start, temporaryPath, until } from "./support.js";

type Started = Awaited<ReturnType<typeof start>>;

/** Messages of what does not hold. */
class Problems {
  readonly list: string[] = [];

  check(holds: boolean, text: string): void {
    if (!holds) this.list.push(text);
  }
}

/** `key=value` of all that a server would start with. */
async function entriesIn(dir: string): Promise<string> {
  const { table, close } = await start({ dir });
  const entries = [...table.entries()].map(([key, value]) => `${key}=${value}`);
  await close();
  return entries.sort().join();
}

/** What was written before a snapshot was begun outlives a kill; snapshots are begun at the interval. */
export async function killed(patienceMs = 20_000): Promise<string[]> {
  const problems = new Problems();
  const run = await start();
  run.table.set("first", "1");
  run.clock.advance(everyMs - 1);
  problems.check(run.figures().snapshots === 0, "a snapshot before its time");
  run.clock.advance(1);
  await taken(run, 1, patienceMs).catch((error) => problems.list.push(String(error)));
  run.table.set("second", "2");
  run.clock.advance(everyMs);
  await taken(run, 2, patienceMs).catch((error) => problems.list.push(String(error)));
  run.table.set("third", "3");
  run.kill();
  rmSync(join(run.dir, "lock"));
  problems.check((await entriesIn(run.dir)) === "first=1,second=2", "lost by a kill");
  return problems.list;
}

const taken = (run: Started, count: number, patienceMs: number) =>
  until(() => run.figures().snapshots === count, `snapshot ${count} was taken`, patienceMs);

/** The last writes are there after a close. */
export async function closed(whileOneIsTaken: boolean): Promise<string[]> {
  const problems = new Problems();
  const run = await start();
  if (whileOneIsTaken) {
    for (let i = 0; i < 5_000; i++) run.table.set(`key:${i}`, "x".repeat(500));
    run.clock.advance(everyMs);
    run.table.clear();
  }
  run.table.set("last", "1");
  problems.check(await run.close(), "close took no snapshot");
  problems.check(!readdirSync(run.dir).includes("lock"), "the lock is still there");
  problems.check((await entriesIn(run.dir)) === "last=1", "lost by a close");
  problems.check(run.clock.pending === 0, "timers are left");
  return problems.list;
}

/** A disk that cannot be written to for a while: the old snapshot stays, it is counted, and tried again before long. */
export async function diskGone(patienceMs = 20_000): Promise<string[]> {
  const problems = new Problems();
  const run = await start();
  run.table.set("a", "1");
  await run.store.snapshot();
  const away = `${run.dir}-away`;
  renameSync(run.dir, away);
  run.table.set("b", "2");
  problems.check(!(await run.store.snapshot()), "a snapshot succeeded without a directory");
  problems.check(run.figures().failures === 1, "the failure was not counted");
  problems.check(
    run.lines.some(({ level, text }) => level === "error" && /failed/.test(text)),
    "not logged",
  );
  renameSync(away, run.dir);
  run.clock.advance(10_000);
  await taken(run, 2, patienceMs).catch((error) => problems.list.push(String(error)));
  run.kill();
  rmSync(join(run.dir, "lock"));
  problems.check((await entriesIn(run.dir)) === "a=1,b=2", "nothing was saved after the failure");
  return problems.list;
}

export type Damage = "flip" | "cut" | "zeros" | "noise";

/** A snapshot that something happened to: no wrong value is ever served, it is said, and the file is kept. */
export async function damaged(how: Damage, seed: number): Promise<string[]> {
  const problems = new Problems();
  const dir = temporaryPath();
  mkdirSync(dir);
  const path = join(dir, "table.snapshot");
  const before = SharedTable.create({ memory: "4mb", janitor: false });
  for (let i = 0; i < 1_500; i++) before.set(`key:${i}`, `${i} `.repeat(100));
  await before.snapshot(path);
  before.close();
  writeFileSync(path, damage(readFileSync(path), how, seed));
  const after = await start({ dir });
  for (const [key, value] of after.table.entries())
    problems.check(value.toString() === `${key.toString().slice(4)} `.repeat(100), `a wrong value of ${key}`);
  const isWhole = after.table.size() === 1_500;
  const said = after.lines.find(({ level }) => level === "error");
  problems.check(isWhole || said !== undefined, "nothing was said");
  if (said !== undefined) {
    problems.check(readdirSync(dir).includes("table.snapshot.damaged"), "the damaged file was not kept");
    problems.check(said.fields.path === path, "it was not said which file");
  }
  await after.close();
  return problems.list;
}

function damage(file: Buffer, how: Damage, seed: number): Buffer {
  // Weyl's sequence: spread over the file, and the same for each run.
  const at = Math.floor(((seed * 0.618033988749895) % 1) * file.length);
  if (how === "cut") return file.subarray(0, at);
  const changed = Buffer.from(file);
  if (how === "flip") changed[at] ^= 1 << (seed % 8);
  else if (how === "zeros") changed.fill(0, at, at + 4_096);
  else for (let i = at; i < Math.min(file.length, at + 700); i++) changed[i] = (i * seed * 31) & 255;
  return changed;
}

/** Of two servers with one directory one is refused, and told why; the directory is free again after a close. */
export async function twoServers(): Promise<string[]> {
  const problems = new Problems();
  const dir = temporaryPath();
  const first = await start({ dir });
  const second = await start({ dir, clock: systemClock }).catch((error) => error);
  const isRefused = second instanceof StoreError && second.code === "in_use";
  problems.check(isRefused, "both have it");
  if (isRefused)
    problems.check(second.message.includes(`process ${process.pid}`), "it was not said who has it");
  else await second.close?.();
  await first.close();
  const third = await start({ dir }).catch((error) => error);
  problems.check(!(third instanceof Error), "it is not free after a close");
  await third.close?.();
  return problems.list;
}

/** Many servers find the same stale lock: one gets the directory. */
export async function staleRace(servers: number): Promise<string[]> {
  const problems = new Problems();
  const dir = temporaryPath();
  mkdirSync(dir);
  const gone = { token: "x", pid: process.pid, start: "1", place: "here" };
  writeFileSync(join(dir, "lock"), JSON.stringify(gone));
  // Each of them another process of the same machine, all of them alive.
  const place = (pid: number) => ({
    name: "here",
    pid,
    startOf: (other: number) => (other === process.pid ? undefined : "2"),
  });
  const starting = Array.from({ length: servers }, (_, i) =>
    start({ dir, place: place(1_000_000 + i), clock: systemClock }),
  );
  const ended = await Promise.allSettled(starting);
  const started = ended.filter(({ status }) => status === "fulfilled");
  problems.check(started.length === 1, `${started.length} of ${servers} got the directory`);
  for (const each of ended) if (each.status === "fulfilled") await each.value.close();
  return problems.list;
}
