/** The command line of a benchmark: flags to a plan. Unknown names are refused with what would be right. */
import { parseArgs } from "node:util";

export interface Plan {
  rows: string[];
  contenders: string[];
  rounds: number;
  quick: boolean;
  /** How long each figure is measured; absent: as the settings say. */
  seconds?: number;
  /** Where the result goes; absent: into bench/results. */
  json?: string;
  /** The command that starts the Node to measure on; absent: this one. */
  node?: string;
}

/** What flags can name. */
export interface Choices {
  name: string;
  rows: readonly string[];
  contenders: readonly string[];
  /** What --quick does. */
  quick: string;
  /** What --seconds does; absent: there is no such flag. */
  seconds?: string;
}

export function usageOf({ name, rows, contenders, quick, seconds }: Choices): string {
  return `npm run bench:${name} -- [flags]

  --rows a,b     only these rows:${wrapped(rows)}
  --peers a,b    only these contenders:${wrapped(contenders)}
  --rounds n     rounds to take the median over (default 3; with --quick 1)
  --quick        ${quick}${seconds === undefined ? "" : `\n  --seconds n    ${seconds}`}
  --node "cmd"   measure on another Node, e.g. --node "npx -y node@24"
  --json path    where the result is written (default in bench/results)
  --help         this text
`;
}

/** undefined: help was asked for. */
export function parseFlags(argv: string[], { rows, contenders, seconds }: Choices): Plan | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      rows: { type: "string" },
      peers: { type: "string" },
      rounds: { type: "string" },
      ...(seconds === undefined ? {} : { seconds: { type: "string" } as const }),
      quick: { type: "boolean", default: false },
      node: { type: "string" },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    rows: chosen("--rows", values.rows, rows),
    contenders: chosen("--peers", values.peers, contenders),
    rounds: parseRounds(values.rounds ?? (values.quick ? "1" : "3")),
    quick: values.quick,
    ...(values.seconds === undefined ? {} : { seconds: parseSeconds(String(values.seconds)) }),
    json: values.json,
    node: values.node,
  };
}

/** The named ones, in the order of the list and each once; all where nothing was named. */
function chosen(flag: string, given: string | undefined, names: readonly string[]): string[] {
  if (given === undefined) return [...names];
  const wanted = given.split(",").map((name) => name.trim());
  for (const name of wanted) {
    if (!names.includes(name)) {
      throw new Error(`${flag}: "${name}" is not known; there are ${names.join(", ")}`);
    }
  }
  return names.filter((name) => wanted.includes(name));
}

function parseRounds(given: string): number {
  const rounds = Number(given);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`--rounds: "${given}" is not a whole number from 1 on`);
  }
  return rounds;
}

function parseSeconds(given: string): number {
  const seconds = Number(given);
  if (!(seconds > 0 && seconds <= 600)) throw new Error(`--seconds: "${given}" is not a number up to 600`);
  return seconds;
}

function wrapped(names: readonly string[]): string {
  const lines = [""];
  for (const name of names) {
    if (lines[lines.length - 1].length + name.length > 80) lines.push("");
    lines[lines.length - 1] += `${name} `;
  }
  return lines.map((line) => `\n                 ${line.trimEnd()}`).join("");
}
