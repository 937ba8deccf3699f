/** The n-th I/O operation fails, n = 1, 2, ... until none does: typed errors, nothing left behind, the old dump intact. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DumpIoError } from "../../src/base/errors.js";
import { openDump } from "../../src/cache/persist/restore.js";
import { saveDump } from "../../src/cache/persist/save.js";
import { MemoryFiles } from "./memory-files.js";
import { dumpOf, entriesOf, failureOf, path } from "./support.js";

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeAll(() => {
  process.on("unhandledRejection", note);
});
afterAll(async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

const entries = entriesOf(1_500);

type Scenario = (files: MemoryFiles, n: number) => Promise<void>;

/** Runs the scenario with its n-th operation failing, for every n that it has; returns how many that were. */
async function eachFault(prepare: () => Promise<MemoryFiles>, scenario: Scenario): Promise<number> {
  for (let n = 1; n < 1_000; n++) {
    const files = await prepare();
    files.operations.length = 0;
    files.fails = (count) => count === n;
    await scenario(files, n);
    if (files.operations.length < n) return n - 1;
  }
  throw new Error("it never came through");
}

describe.each([[false], ["gzip"]] as const)("saving, compress: %s", (compress) => {
  test.each([["onto nothing"], ["over an old dump"]])("%s", async (where) => {
    let old: Uint8Array | undefined;
    const prepare = async () => {
      const files = new MemoryFiles();
      old = where === "onto nothing" ? undefined : (await dumpOf(files, entriesOf(10))).slice();
      return files;
    };
    const faults = await eachFault(prepare, async (files, n) => {
      const result = await saveDump(path, entries, { files, compress }).catch((error: unknown) => error);
      expect([n, files.openCount]).toEqual([n, 0]);
      if (files.operations.length < n) return;
      expect(result).toBeInstanceOf(DumpIoError);
      expect([n, files.files.get(path)]).toEqual([n, old]);
      expect([...files.files.keys()]).toEqual(old === undefined ? [] : [path]);
    });
    // stat, create, header, 3 blocks, footer, sync, close, rename
    expect(faults).toBe(10);
  });
});

test("saving on a disk that becomes full, and whose cleaning up fails too: says both, and ends", async () => {
  for (let n = 1; n <= 10; n++) {
    const files = new MemoryFiles();
    const old = await dumpOf(files, entriesOf(10));
    files.operations.length = 0;
    files.fails = (count) => count >= n;
    const failure = await failureOf(saveDump(path, entries, { files }));
    expect(failure).toBeInstanceOf(DumpIoError);
    expect(files.files.get(path)).toEqual(old);
    expect(files.openCount).toBe(0);
    if (n > 2) {
      expect(failure.message).toMatch(
        /^Could not remove the unfinished .*injected into unlink; before that: Could not/,
      );
    }
  }
});

test("a disk that takes nothing more is a failure, not a hang", async () => {
  const files = new MemoryFiles();
  files.bytesAtOnce = 0;
  expect((await failureOf(saveDump(path, entries, { files }))).message).toContain("nothing was written");
  expect(files.files.size).toBe(0);
});

describe("restoring", () => {
  const prepare = async () => {
    const files = new MemoryFiles();
    await dumpOf(files, entries);
    return files;
  };

  test("each operation failing: nothing is given out before all is verified, and the file is closed", async () => {
    const faults = await eachFault(prepare, async (files, n) => {
      let given = 0;
      let opened = false;
      const run = async () => {
        const dump = await openDump(path, { files });
        opened = true;
        for await (const batch of dump.entries()) given += batch.length;
      };
      const result = await run().catch((error: unknown) => error);
      expect(files.openCount).toBe(0);
      if (files.operations.length < n) {
        expect([result, given]).toEqual([undefined, 1_500]);
        return;
      }
      expect(result).toBeInstanceOf(DumpIoError);
      if (!opened) expect(given).toBe(0);
    });
    expect(faults).toBeGreaterThanOrEqual(5); // open, size, a read in each walk, close
  });

  test("a close that fails after another failure is told with it", async () => {
    const files = await prepare();
    files.files.set(path, (files.files.get(path) as Uint8Array).slice(0, -1));
    files.fails = (_, operation) => operation === "close";
    const failure = await failureOf(openDump(path, { files }));
    expect(failure.message).toMatch(
      /^Could not close .*injected into close; before that: The dump .* is damaged/,
    );
  });

  test("the same while entries are given out", async () => {
    const files = await prepare();
    const dump = await openDump(path, { files });
    files.fails = (_, operation) => operation === "close" || operation === "read";
    const failure = await failureOf(dump.entries().next());
    expect(failure.message).toMatch(/injected into close; before that: Could not read .*injected into read/);
    expect(files.openCount).toBe(0);
  });

  test("a file that became shorter while it was read", async () => {
    const files = await prepare();
    const bytes = files.files.get(path) as Uint8Array;
    const longer = new MemoryFiles();
    longer.files.set(path, bytes);
    const open = longer.open.bind(longer);
    longer.open = async (...args) => {
      const file = await open(...args);
      return { ...file, size: async () => bytes.length + 500 };
    };
    expect((await failureOf(openDump(path, { files: longer }))).message).toContain(
      "500 bytes follow its end",
    );
    const cut = bytes.slice(0, 5_000);
    longer.files.set(path, cut);
    longer.open = async (...args) => ({ ...(await open(...args)), size: async () => bytes.length });
    expect((await failureOf(openDump(path, { files: longer }))).message).toContain("it ends within");
  });
});
