/** docs/server-operations.md lists the metrics that there are, with their helps, and no others. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SharedTable } from "stowage/table";
import { expect, it } from "vitest";
import type { StoreFigures } from "../../src/durability/figures.js";
import type { L2Figures } from "../../src/l2/index.js";
import { createFleet, createFleetMemory, createObserver } from "../../src/observe/index.js";
import { routes } from "../../src/routes/index.js";
import { metricsText } from "../../src/routes/ops/figures.js";
import { parsePrometheus } from "../support/prometheus.js";

const page = fileURLToPath(new URL("../../../../docs/server-operations.md", import.meta.url));

/** Every family there can be: with a bound, with snapshots, after a request. */
function everything(): string {
  const now = () => 0;
  const memory = createFleetMemory(1, routes, now);
  createObserver(memory, 0, now).answered(routes[0], 200, 1, 0, 0);
  const store = new Proxy({} as StoreFigures, { get: () => 1 });
  const table = SharedTable.create({ memory: "1mb", max: 10, janitor: false });
  const fleet = createFleet(memory, now);
  const text = metricsText({
    fleet,
    table,
    status: { workers: 1, workersUp: 1 },
    storeFigures: () => store,
    l2Figures: () => new Proxy({} as L2Figures, { get: () => 1 }),
  });
  table.close();
  return text;
}

it("the page's alerts ask for metrics that there are", () => {
  const families = parsePrometheus(everything());
  const named = readFileSync(page, "utf8").match(/\bstowage_\w+/g) ?? [];
  expect(named.length).toBeGreaterThan(families.size - 5);
  expect(named.filter((name) => !families.has(name))).toEqual([]);
});

it("the page lists all metrics (vitest -u writes them anew)", async () => {
  const rows = [...parsePrometheus(everything()).values()].map(({ name, type, help, samples }) => {
    const labels = Object.keys(samples[0].labels).filter((label) => label !== "le");
    return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |\n`;
  });
  const table = `| name | type | labels | |\n|---|---|---|---|\n${rows.join("")}`;
  const text = readFileSync(page, "utf8");
  const between = /(?<=<!-- metrics -->\n)[\s\S]*(?=<!-- \/metrics -->)/;
  expect(between.test(text)).toBe(true);
  await expect(text.replace(between, () => table)).toMatchFileSnapshot(page);
});
