/** Jobs that do well, fail, hang, and stand still; run by support.test.ts. None of them uses a table. */
import { type Scene, serve } from "./worker-side.js";

const step = () => (globalThis as unknown as { __step: () => void }).__step();

serve({
  echo: ({ index }: Scene, value: unknown) => [index, value],

  fail() {
    throw new TypeError("as it should");
  },

  hang() {
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },

  /** Each waits for the others, three times over. */
  meet({ together, data }: Scene): void {
    const arrived = new Int32Array(data as SharedArrayBuffer);
    for (let round = 1; round <= 3; round += 1) {
      Atomics.add(arrived, 0, 1);
      together();
      if (Atomics.load(arrived, 0) < round * 3) throw new Error("went on before all had come");
      together();
    }
  },

  count({ pace, data }: Scene, limit: number): number {
    const words = new Int32Array(data as SharedArrayBuffer);
    const finish = pace.begin(limit);
    for (let n = 0; n < 100; n += 1) {
      step();
      Atomics.add(words, 0, 1);
    }
    return finish();
  },
});
