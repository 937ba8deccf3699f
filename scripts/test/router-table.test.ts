/** docs/routing.md shows what `npm run simulate:routers` prints. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { routerTable } from "../routers/table.js";

const page = readFileSync(new URL("../../docs/routing.md", import.meta.url), "utf8");

it.each([3, 10, 50])("docs/routing.md has the table for %i servers", (servers) => {
  expect(page).toContain(routerTable(servers, 100_000));
});
