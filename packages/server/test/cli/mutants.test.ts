/** The scenes hold, and would not of programs that are a little wrong. */
import { describe, expect, it } from "vitest";
import { broken, type Edit } from "../support/mutants.js";
import * as scenes from "./scenes.js";

type Scenes = typeof scenes;
type Scene = (on: Scenes) => Promise<string[]>;

it("they do hold", async () => {
  for (const scene of [scenes.exitCodes, scenes.pipes, scenes.digits, scenes.care])
    expect(await scene()).toEqual([]);
});

const mutants: readonly [what: string, scene: Scene, edit: Edit][] = [
  [
    "absent is fine",
    (on) => on.exitCodes(),
    { file: "cli/commands/get.ts", find: 'return "absent";', replace: 'return "done";' },
  ],
  [
    "unknown options are passed over",
    (on) => on.exitCodes(),
    {
      file: "cli/parse.ts",
      find: "throw unknownOption(command, declared, raw)",
      replace: "return undefined",
    },
  ],
  [
    "unreachable is any failure",
    (on) => on.exitCodes(),
    { file: "cli/exit-codes.ts", find: "unreachable: exit(3", replace: "unreachable: exit(6" },
  ],
  [
    "files are mistakes of the program",
    (on) => on.exitCodes(),
    { file: "cli/failure.ts", find: "if (isLocal(error))", replace: "if (false)" },
  ],
  [
    "a broken pipe is a failure",
    (on) => on.pipes(),
    {
      file: "cli/failure.ts",
      find: 'return { code: exits.done.code, message: "" };',
      replace: 'return { code: exits.local.code, message: "pipe" };',
    },
  ],
  [
    "values are texts",
    (on) => on.pipes(),
    {
      file: "cli/commands/get.ts",
      find: "terminal.write(entry.value)",
      replace: "terminal.write(entry.value.toString())",
    },
  ],
  [
    "numbers are JavaScript's",
    (on) => on.digits(),
    {
      file: "client/entry.ts",
      find: "return this.line.subarray(this.start, this.end);",
      replace:
        "return Buffer.from(JSON.stringify(JSON.parse(this.line.subarray(this.start, this.end).toString())));",
    },
  ],
  [
    "amounts are JavaScript's",
    (on) => on.digits(),
    { file: "cli/commands/incr.ts", find: `"amount":\${amount}}`, replace: `"amount":\${Number(amount)}}` },
  ],
  [
    "it clears unasked",
    (on) => on.care(),
    { file: "cli/commands/clear.ts", find: "if (!yes) {", replace: "if (false) {" },
  ],
  [
    "enter is a yes",
    (on) => on.care(),
    { file: "cli/terminal/terminal.ts", find: "/^y(es)?$/i", replace: "/^(y(es)?)?$/i" },
  ],
  [
    "tokens come without a warning",
    (on) => on.care(),
    { file: "cli/run.ts", find: "if (options.token != null)", replace: "if (false)" },
  ],
];

// Each bundle has a table of its own, which looks to the end of the process.
process.setMaxListeners(process.getMaxListeners() + mutants.length);

describe("a program in which", () => {
  it.each(mutants)("%s is found out", async (_, scene, edit) => {
    const on = await broken<Scenes>(new URL("./scenes.ts", import.meta.url), edit);
    expect(await scene(on).catch((error) => [String(error)])).not.toEqual([]);
  });
});
