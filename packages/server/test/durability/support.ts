/** Data directories, tables, logs and faulty file systems for the tests of durability. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SharedTable } from "stowage/table";
import { FakeClock } from "stowage/testing";
import { type StoreFiles, systemFiles } from "../../src/durability/files.js";
import {
  createStoreMemory,
  openStore,
  readStoreFigures,
  type StoreOptions,
} from "../../src/durability/index.js";
import type { Log } from "../../src/observe/types.js";

/** One for each process, however often this file is bundled. */
const folder = join(tmpdir(), `stowage-store-${process.pid}`);

/** A path in a folder of its own, which is removed when the process ends. */
export function temporaryPath(name = "data"): string {
  if (!existsSync(folder)) {
    mkdirSync(folder);
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  }
  return join(mkdtempSync(join(folder, "each-")), name);
}

export interface Logged {
  readonly level: string;
  readonly text: string;
  readonly fields: Record<string, unknown>;
}

/** A log that is kept. */
export function keepLog(): { log: Log; lines: Logged[] } {
  const lines: Logged[] = [];
  const at = (level: string) => (fields: Record<string, unknown>, text: string) =>
    void lines.push({ level, text, fields });
  const log = { info: at("info"), warn: at("warn"), error: at("error") } as unknown as Log;
  return { log, lines };
}

export const everyMs = 60_000;

/** A server's store: the table, the clock that drives its snapshots, what it logs and counts. */
export async function start(options: Partial<StoreOptions> = {}) {
  const clock = new FakeClock();
  const { log, lines } = keepLog();
  const memory = createStoreMemory();
  const dir = options.dir ?? temporaryPath();
  const table = options.table ?? SharedTable.create({ memory: "16mb", janitor: false });
  const store = await openStore({ dir, everyMs, table, log, memory, clock, ...options }).catch((error) => {
    table.close();
    throw error;
  });
  const figures = () => readStoreFigures(memory, clock.wall());
  const close = async () => {
    const { saved } = await store.close();
    table.close();
    return saved;
  };
  /** As a kill would: nothing more is written, and the lock stays. */
  const kill = () => {
    store.stop("killed");
    table.close();
  };
  return { store, table, clock, lines, dir, figures, close, kill, memory };
}

/** Resolves when it is so; asks again and again. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  ms = 20_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The system's files, whose n-th operation fails. */
export function failing(n: number, code = "EIO"): { files: StoreFiles; fired: () => boolean } {
  let count = 0;
  const files = Object.fromEntries(
    Object.entries(systemFiles).map(([name, call]) => [
      name,
      async (...args: unknown[]) => {
        if (++count === n) throw Object.assign(new Error(`${code}: injected into ${name}`), { code });
        return (call as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as StoreFiles;
  return { files, fired: () => count >= n };
}
