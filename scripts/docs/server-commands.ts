/**
 * Checks commands of sh blocks that have to do with the server: `stowage` and `stowage-server` by the program's own parser,
 * `curl` by the server's routes, tools for deployment by the files that they name. None of them is run.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../packages/server/src/cli/commands/index.js";
import { parse } from "../../packages/server/src/cli/parse.js";
import { loadConfig } from "../../packages/server/src/config/index.js";
import { routes } from "../../packages/server/src/routes/index.js";

/** Tools of others: nothing to be known of them but files that they are given. */
const others = new Set(
  "cat cp date docker fly gzip head install jq kill kubectl openssl sha256sum sudo systemctl watch wc xargs zcat".split(
    " ",
  ),
);

/** Says what is wrong, or undefined; null: the command is of another kind. */
export function problemWithServerCommand(root: string, line: string): string | undefined | null {
  const parts = line.split(/\s\|\s/).map((each) => wordsOf(each));
  const problems = parts.map((words) => problemWith(root, words));
  if (problems.includes(null)) return null;
  return problems.find((each) => each !== undefined);
}

function problemWith(root: string, words: readonly string[]): string | undefined | null {
  const env = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const settings = Object.fromEntries(words.slice(0, env).map((word) => word.split(/=(.*)/s).slice(0, 2)));
  const [program, ...args] = withoutRedirects(words.slice(env));
  if (program === "stowage-server")
    return problemOf(() => loadConfig({ args: withoutFile(args), env: settings }));
  if (program === "stowage") return problemOf(() => checkStowage(args, settings));
  if (program === "npx") return args[0]?.startsWith("stowage") ? problemWith(root, args) : null;
  if (program === "npm")
    return /^i(nstall)? (--global|-g) stowage-server$/.test(args.join(" ")) ? undefined : null;
  if (program === "curl") return problemWithCurl(args);
  // What is piped into it stands behind what it is given.
  if (program === "xargs") return problemWith(root, [...args.slice(args.indexOf("stowage")), "x"]);
  if (others.has(program)) return problemWithFiles(root, args);
  return null;
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function checkStowage([name, ...args]: readonly string[], env: Record<string, string>): void {
  if (name === "--help" || name === "--version" || args.includes("--help")) return;
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  if (command.takesSettings !== true) parse(command, args);
  else loadConfig({ args: withoutFile(args.filter((each) => each !== "--print" && each !== "--json")), env });
}

function withoutFile(args: readonly string[]): string[] {
  const at = args.indexOf("--config");
  return at < 0 ? [...args] : args.filter((_, index) => index !== at && index !== at + 1);
}

function withoutRedirects(words: readonly string[]): string[] {
  return words.filter((word, index) => !/^[<>]+$/.test(word) && !/^[<>]+$/.test(words[index - 1] ?? ""));
}

function problemWithCurl(args: readonly string[]): string | undefined {
  const url = args.find((each) => /^(https?:\/\/|localhost[:/])/.test(each));
  if (url === undefined) return "curl without an address";
  const method = methodOf(args);
  const { pathname } = new URL(url.startsWith("http") ? url : `http://${url}`);
  const fits = routes.some((route) => {
    const pattern = new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, "[^/]*")}$`);
    return (
      (route.method === method || (method === "HEAD" && route.method === "GET")) && pattern.test(pathname)
    );
  });
  return fits ? undefined : `the server has no route ${method} ${pathname}`;
}

/** What curl sends, when given these. */
function methodOf(args: readonly string[]): string {
  const isGiven = (...flags: string[]) => args.some((each) => flags.includes(each));
  const said = args.findIndex((each) => each === "-X" || each === "--request");
  if (said >= 0) return args[said + 1];
  if (isGiven("-T")) return "PUT";
  if (isGiven("-I", "--head")) return "HEAD";
  return args.some((each) => /^(-d|--data|--json)/.test(each)) ? "POST" : "GET";
}

/** Files of the repository are named by paths from its root. */
function problemWithFiles(root: string, args: readonly string[]): string | undefined {
  const missing = args.find((each) => each.startsWith("packages/") && !existsSync(join(root, each)));
  return missing === undefined ? undefined : `there is no ${missing}`;
}

/** As a shell takes a line apart, as far as these lines need it. */
export function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"(?:\\.|[^"])*"|\\.|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /'([^']*)'|"((?:\\.|[^"])*)"|\\(.)/g,
      (_, single, double, escaped) => single ?? double?.replaceAll(/\\(["\\$`])/g, "$1") ?? escaped,
    ),
  );
}
