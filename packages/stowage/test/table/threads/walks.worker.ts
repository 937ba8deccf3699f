/** One thread walks over the table again and again while the others write; run by walks.test.ts. */
import assert from "node:assert/strict";
import { Random } from "../support/random.js";
import { stamped, stampOf } from "../support/values.js";
import { type Scene, serve } from "../support/worker-side.js";

export interface WalkJob {
  readonly seed: number;
  /** Keys stable:0, stable:1, ... that were there before and stay. */
  readonly stable: number;
  /** Keys churn:0, ... that come and go. */
  readonly churning: number;
  readonly bytesMax: number;
  readonly walks: number;
  readonly operations: number;
}

function walk({ table }: Scene, { stable, churning, seed }: WalkJob, random: Random): void {
  const missing = new Set(Array.from({ length: stable }, (_, n) => n));
  const limit = random.between(1, 60);
  let cursor: number | null = null;
  do {
    const page: ReturnType<typeof table.scan> = table.scan({ cursor, limit, values: true });
    for (const { key, value } of page.entries) {
      const [kind, n] = key.toString("latin1").split(":");
      assert.ok(value !== undefined && (kind === "stable" || kind === "churn"), `a walk found ${key}`);
      const base = kind === "stable" ? 0 : stable;
      assert.equal(stampOf(value).key, base + Number(n), "a walk gave a key another's value");
      assert.ok(kind === "stable" || Number(n) < churning, "a walk found a key that never was there");
      if (kind === "stable") missing.delete(Number(n));
    }
    cursor = page.cursor;
  } while (cursor !== null);
  assert.equal(
    missing.size,
    0,
    `a walk (seed ${seed}) missed ${missing.size} keys that were there all the time`,
  );
}

function churn(
  { table, index }: Scene,
  { stable, churning, bytesMax, operations }: WalkJob,
  random: Random,
): void {
  for (let write = 1; write <= operations; write += 1) {
    const n = random.below(churning);
    const bytes = random.between(12, bytesMax);
    if (random.chance(0.7)) table.set(`churn:${n}`, stamped(stable + n, write * 16 + index, bytes));
    else table.delete(`churn:${n}`);
  }
}

serve({
  work(scene: Scene, job: WalkJob): void {
    const random = new Random(job.seed + scene.index);
    scene.together();
    if (scene.index > 0) churn(scene, job, random);
    else for (let n = 0; n < job.walks; n += 1) walk(scene, job, random);
  },
});
