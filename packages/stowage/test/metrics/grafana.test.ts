/** The Grafana dashboard asks for metrics that there are, by labels that they have. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { allMetrics } from "./all.js";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const read = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), "utf8");
const text = read("packages/server/deploy/grafana/stowage.json");
const { panels, templating } = JSON.parse(text) as {
  panels: readonly Panel[];
  templating: { list: readonly { name: string }[] };
};

/** The server's own stand in a page that a test of the server compares with what it says. */
function serverMetrics(): [name: string, labels: string[]][] {
  const rows = read("docs/server-operations.md").matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*)\|/gm);
  return [...rows].map(([, name, , labels]) => [
    name,
    [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
  ]);
}

const known = new Map<string, readonly string[]>([
  ...serverMetrics(),
  ...allMetrics().map(({ name, labels }) => [name, labels] as const),
]);

/** What is wrong with a query: names and labels that there are not. */
function problemsOf(expr: string, legend = ""): string[] {
  const problems: string[] = [];
  const labels = new Set<string>();
  for (const [, found, selector = ""] of expr.matchAll(/\b(stowage_\w+)(\{[^}]*\})?/g)) {
    const name = known.has(found) ? found : found.replace(/_(bucket|sum|count)$/, "");
    if (!known.has(name)) problems.push(`there is no ${found}`);
    for (const label of known.get(name) ?? []) labels.add(label);
    for (const [, label] of selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
      if (!known.get(name)?.includes(label)) problems.push(`${name} has no ${label}`);
  }
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names]) => names.split(/,\s*/));
  const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
  for (const label of [...grouped, ...shown])
    if (label !== "le" && !labels.has(label)) problems.push(`nothing in it has ${label}`);
  for (const label of shown) if (!grouped.includes(label)) problems.push(`${label} is summed up`);
  if (expr.split("(").length !== expr.split(")").length) problems.push("a bracket is missing");
  return problems;
}

const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legend: legendFormat })),
);

describe("the dashboard", () => {
  it.each(queries)("$title: $expr", ({ expr, legend }) => {
    expect(expr).toMatch(/\bstowage_/);
    expect(problemsOf(expr, legend)).toEqual([]);
  });

  it("says what each panel shows, and puts none on another", () => {
    const taken = new Set<string>();
    for (const { type, description, gridPos: at } of panels) {
      if (type !== "row") expect(description).toMatch(/\.$/);
      for (let x = at.x; x < at.x + at.w; x++)
        for (let y = at.y; y < at.y + at.h; y++) {
          expect(taken.has(`${x} ${y}`)).toBe(false);
          taken.add(`${x} ${y}`);
        }
      expect(at.x + at.w).toBeLessThanOrEqual(24);
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  it("uses variables that it has, and they ask for metrics that there are", () => {
    const names = new Set(templating.list.map(({ name }) => name));
    for (const [, name] of text.matchAll(/\$\{?([a-z]\w*)/g)) expect(names).toContain(name);
    for (const [name] of JSON.stringify(templating).matchAll(/\bstowage_\w+/g))
      expect([...known.keys()]).toContain(name);
  });

  it("has something of each kind", () => {
    for (const part of ["stowage_cache_", "stowage_tiered_", "stowage_client_", "stowage_request"])
      expect(queries.some(({ expr }) => expr.includes(part))).toBe(true);
  });
});

it("the check finds names and labels that there are not", () => {
  expect(problemsOf("rate(stowage_cache_hits[5m])")).toEqual(["there is no stowage_cache_hits"]);
  expect(problemsOf('stowage_cache_entries{client="a"}')).toEqual(["stowage_cache_entries has no client"]);
  expect(problemsOf("sum by (tier) (stowage_cache_entries)")).toEqual(["nothing in it has tier"]);
  expect(problemsOf("sum(stowage_cache_entries)", "{{cache}}")).toEqual(["cache is summed up"]);
  expect(problemsOf("sum(stowage_cache_entries")).toEqual(["a bracket is missing"]);
});
