/**
 * A process with a store, to be killed: writes counting values and says which, or does what it is told and says how it
 * went. `node server.program.mjs count|once <dir> <interval in ms>`.
 */
import { writeSync } from "node:fs";
import { SharedTable } from "stowage/table";
import { createStoreMemory, openStore, readStoreFigures } from "../../src/durability/index.js";
import { keepLog } from "./support.js";

const [, , task, dir, everyMs] = process.argv;
const say = (message: unknown) => void writeSync(1, `${JSON.stringify(message)}\n`);

try {
  const table = SharedTable.create({ memory: "32mb" });
  const { log, lines } = keepLog();
  const memory = createStoreMemory();
  const store = await openStore({ dir, everyMs: Number(everyMs), table, log, memory });
  const ballast = "x".repeat(1_000);
  if (task === "count") {
    say({ found: table.getString("count") ?? null, log: lines.map(({ text }) => text) });
    for (let i = 0; i < 8_000; i++) table.set(`ballast:${i}`, ballast);
    let count = Number(table.getString("count") ?? 0);
    setInterval(() => {
      table.set("count", String(++count));
      say({ count, snapshots: readStoreFigures(memory, Date.now()).snapshots });
    }, 1);
  } else {
    table.set("small", "1");
    const first = await store.snapshot();
    for (let i = 0; i < 8_000; i++) table.set(`ballast:${i}`, ballast);
    const second = await store.snapshot();
    const { failures } = readStoreFigures(memory, Date.now());
    say({ first, second, failures, errors: lines.filter(({ level }) => level === "error") });
    process.exit(0);
  }
} catch (error) {
  const { name, code, message } = error as Error & { code: string };
  say({ name, code, message });
  process.exit(1);
}
