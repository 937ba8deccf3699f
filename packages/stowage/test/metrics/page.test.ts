/** docs/observability.md lists the metrics that there are, with their helps, and no others. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { allMetrics } from "./all.js";

const page = fileURLToPath(new URL("../../../../docs/observability.md", import.meta.url));

it("the page names metrics that there are", () => {
  const known = new Set([...allMetrics().map(({ name }) => name), "stowage_metrics_errors_total"]);
  const named = readFileSync(page, "utf8").match(/\bstowage_[a-z]\w+/g) ?? [];
  expect(named.filter((name) => !known.has(name) && name !== "stowage_cache_")).toEqual([]);
});

it("the page lists all metrics (vitest -u writes them anew)", async () => {
  const rows = allMetrics().map(({ name, type, labels, help }) => {
    const listed = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${listed} | ${help} |\n`;
  });
  const table = `| name | type | labels | |\n|---|---|---|---|\n${rows.join("")}`;
  const text = readFileSync(page, "utf8");
  const between = /(?<=<!-- metrics -->\n)[\s\S]*(?=<!-- \/metrics -->)/;
  expect(between.test(text)).toBe(true);
  await expect(text.replace(between, () => `\n${table}\n`)).toMatchFileSnapshot(page);
});
