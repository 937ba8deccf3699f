/** docs/tiered.md lists the options that there are. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { optionsTable } from "../../src/base/options.js";
import { frameOptions } from "../../src/tiered/frame/options.js";
import { guardOptions } from "../../src/tiered/guard/options.js";
import { tieredOptions } from "../../src/tiered/options.js";

const page = fileURLToPath(new URL("../../../../docs/tiered.md", import.meta.url));

it("the page lists all options (vitest -u writes them anew)", async () => {
  const text = readFileSync(page, "utf8");
  const between = /(?<=<!-- options -->\n)[\s\S]*(?=<!-- \/options -->)/;
  expect(between.test(text)).toBe(true);
  await expect(text.replace(between, () => `\n${optionsTable(tieredOptions)}\n\n`)).toMatchFileSnapshot(page);
});

it("the page names every option of l2", () => {
  const text = readFileSync(page, "utf8");
  const rows = text.slice(text.indexOf("| option of `l2`"), text.indexOf("## Namespaces"));
  const told = [...rows.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  const hidden = ["clock", "onState"];
  for (const name of [...guardOptions.names, ...frameOptions.names])
    if (!hidden.includes(name)) expect(told).toContain(name);
});
