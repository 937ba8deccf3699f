/** What is said below the table: how long answers took, what they cost the server, and whether the load was strong enough. */
import { aligned } from "../harness/report.js";
import type { Cell, RowResults } from "../harness/types.js";
import { type ContenderName, contenders } from "./contenders/index.js";
import { rows } from "./rows.js";

export function remarks(results: RowResults): string {
  const latencies = cellTable(results, "latency, ms: p50 / p99 / p99.9", ({ p50Ms, p99Ms, p999Ms }) =>
    [p50Ms, p99Ms, p999Ms].every((value) => value === undefined)
      ? undefined
      : [p50Ms, p99Ms, p999Ms].map((value) => (value === undefined ? "–" : value.toFixed(2))).join(" / "),
  );
  const costs = cellTable(
    results,
    "the server's time on its core, µs a request (what noise moves least)",
    (extra) => extra.serverUs?.toFixed(2),
  );
  return [latencies, costs, strength(results), memory(results)].filter((text) => text !== "").join("\n\n");
}

type Extra = Partial<Record<string, number>>;

/** Lines where nobody has anything are left out; so is the table without lines. */
function cellTable(results: RowResults, title: string, text: (extra: Extra) => string | undefined): string {
  const extraOf = (cell: Cell | undefined): Extra =>
    cell !== undefined && "median" in cell ? cell.extra : {};
  const names = [...new Set(Object.values(results).flatMap((row) => Object.keys(row.contenders)))];
  const lines = Object.values(results).flatMap((row) => {
    const texts = names.map((name) => text(extraOf(row.contenders[name])));
    return texts.some((told) => told !== undefined) ? [[row.title, ...texts.map((told) => told ?? "–")]] : [];
  });
  if (lines.length === 0) return "";
  return aligned([[title, ...names.map((name) => contenders[name as ContenderName].heading)], ...lines]);
}

/** Below that the server's core was idle for a part of the time: it waited for the load, or others had a core. */
const busyMin = 0.9;
/** Above that the figures are those of a busy machine. */
const waitedMax = 0.05;

/** Who is slower than the load generator has his core full; where he has not, the figure is the generator's or the noise's. */
function strength(results: RowResults): string {
  const idle: string[] = [];
  let noisy = 0;
  const loadUs: number[] = [];
  for (const [name, row] of Object.entries(results)) {
    for (const [contender, cell] of Object.entries(row.contenders)) {
      if (!("median" in cell) || cell.extra.serverBusy === undefined) continue;
      loadUs.push(cell.extra.loadUs);
      const onOwnCores = rows[name as keyof typeof rows].workers === 1;
      const noise = cell.extra.waited > waitedMax;
      if (onOwnCores && noise) noisy++;
      else if (onOwnCores && cell.extra.serverBusy < busyMin) idle.push(`${contender} on ${name}`);
    }
  }
  if (loadUs.length === 0) return "";
  const spread = `${Math.min(...loadUs).toFixed(1)} to ${Math.max(...loadUs).toFixed(1)}`;
  const lines = [`load generator: ${spread} µs a request`];
  if (idle.length > 0) lines.push(`server's core not full, the load's may have been: ${idle.join(", ")}`);
  if (noisy > 0)
    lines.push(
      `BUSY MACHINE: in ${noisy} of ${loadUs.length} figures other processes took 5 % or more of the cores`,
    );
  return lines.join("\n");
}

function memory(results: RowResults): string {
  return cellTable(results, "memory, bytes an item over the empty server (and that, MB)", (extra) =>
    extra.bytesAnItem === undefined
      ? undefined
      : `${extra.bytesAnItem.toFixed(0)} (${extra.emptyMb?.toFixed(0)})`,
  );
}
