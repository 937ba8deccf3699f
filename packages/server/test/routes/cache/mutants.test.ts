/** The contract fails on servers that break it: one edit of the sources each. */
import { describe, expect, it } from "vitest";
import { broken, type Edit } from "../../support/mutants.js";
import type * as scenes from "./scenes.js";

const folder = "routes/cache";

const mutants: readonly [name: string, edit: Edit][] = [
  [
    "ignores ttl",
    {
      file: `${folder}/numbers.ts`,
      find: "return ms > 0 && ms <= TTL_MS_MAX ? ms : null;",
      replace: "return null;",
    },
  ],
  [
    "takes ttl for milliseconds",
    { file: `${folder}/numbers.ts`, find: "* 1_000;\n  return ms", replace: "* 1;\n  return ms" },
  ],
  [
    "keeps an older ttl",
    {
      file: `${folder}/set.ts`,
      find: "ttl === undefined ? undefined : { ttl }",
      replace: "{ ttl: ttl ?? table.ttl(key) ?? null }",
    },
  ],
  [
    "loses deletes",
    {
      file: `${folder}/delete.ts`,
      find: "table.delete(keyParam(exchange));",
      replace: "keyParam(exchange);",
    },
  ],
  [
    "applies half of a bad batch",
    { file: "routes/batch/plan.ts", find: "if (this.#fault !== null) throw this.#fault;", replace: "" },
  ],
  [
    "parses what it stores",
    {
      file: `${folder}/set.ts`,
      find: "content.subarray(starts[VALUE], ends[VALUE])",
      replace: "JSON.stringify(JSON.parse(content.toString('utf8', starts[VALUE], ends[VALUE])))",
    },
  ],
  [
    "lets the first member count",
    {
      file: "json/members.ts",
      find: "if (index < 0) continue;",
      replace: "if (index < 0 || starts[index] >= 0) continue;",
    },
  ],
  [
    "does not decode keys of bodies",
    {
      file: "json/members.ts",
      find: "return JSON.parse(bytes.utf8Slice(start, end)) as string;",
      replace: "return bytes.utf8Slice(start + 1, end - 1);",
    },
  ],
  [
    "takes plus for plus",
    {
      file: "http/percent.ts",
      find: 'plusIsSpace && text.includes("+")',
      replace: 'plusIsSpace && text.includes("\\0")',
    },
  ],
  [
    "takes a plain slice for any key",
    {
      file: `${folder}/key-param.ts`,
      find: "special[char.charCodeAt(0)] = 1",
      replace: "special[char.charCodeAt(0)] = 0",
    },
  ],
  [
    "says that misses are found",
    { file: `${folder}/batch-run.ts`, find: "'null,\"found\":false}'", replace: "'null,\"found\":true}'" },
  ],
  [
    "takes doubles for exact",
    {
      file: `${folder}/counters.ts`,
      find: "  try {\n    return table.incrExact(key, amount, options);",
      replace: "  try {\n    return table.incr(key, Number(amount));",
    },
  ],
  ["decr adds", { file: `${folder}/counters.ts`, find: "sign < 0 ? -amount : amount", replace: "amount" }],
  [
    "stores keys that are no strings",
    { file: `${folder}/body.ts`, find: "if (bytes[start] !== QUOTE)", replace: "if (false)" },
  ],
  [
    "answers HEAD with a body",
    {
      file: "http/exchange.ts",
      find: 'connection.send(this.head.method === "HEAD" ? text : text + body)',
      replace: "connection.send(text + body)",
    },
  ],
  [
    "takes other content types",
    { file: "http/json-type.ts", find: 'return type === "application/json" ||', replace: "return true ||" },
  ],
  [
    "counts wrongly what it scans",
    { file: `${folder}/scan.ts`, find: "walk.count++ === 0", replace: "walk.count === 0" },
  ],
];

async function breaches(...edits: Edit[]): Promise<string[]> {
  const { firstBreach } = await broken<typeof scenes>(new URL("./scenes.ts", import.meta.url), ...edits);
  return firstBreach();
}

describe("the contract notices a server that", () => {
  it("is not one that nothing was done to", async () => expect(await breaches()).toEqual([]));

  for (const [name, edit] of mutants) it(name, async () => expect(await breaches(edit)).not.toEqual([]));
});
