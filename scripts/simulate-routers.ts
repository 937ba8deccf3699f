/**
 * `npm run simulate:routers`: how evenly each router shares keys out, and how many keys move when servers come and go.
 *
 *     npm run simulate:routers                      3, 10 and 50 servers, 100,000 keys
 *     npm run simulate:routers -- 8 --keys 20000    8 servers, 20,000 keys
 *
 * Nothing is drawn by chance: the same numbers on each run and every machine.
 */
import { parseArgs } from "node:util";
import { routerTable } from "./routers/table.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keys: { type: "string", default: "100000" } },
});
const counts = positionals.length === 0 ? [3, 10, 50] : positionals.map(Number);
const keys = Number(values.keys);

if ([...counts, keys].every((count) => Number.isSafeInteger(count) && count > 1)) {
  console.log(counts.map((servers) => routerTable(servers, keys)).join("\n\n"));
} else {
  console.error("Numbers of servers, and of keys behind --keys, are whole numbers of at least 2.");
  process.exitCode = 2;
}
