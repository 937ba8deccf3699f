/** The program: finds the command, parses what follows it, runs it, and says how it ended. */
import { suggest } from "../../../stowage/src/base/suggestion.js";
import { type Address, Client, expectedAddress, parseAddress } from "../client/index.js";
import type { Call, Command } from "./command.js";
import { commands } from "./commands/index.js";
import { exits } from "./exit-codes.js";
import { endingOf, usage } from "./failure.js";
import { commandHelp, programHelp } from "./help.js";
import { parse } from "./parse.js";
import { type Io, Terminal } from "./terminal/terminal.js";
import { version } from "./version.js";

/** What every server listens on, unless it is told otherwise. */
const usualAddress = "http://127.0.0.1:4000";

/** Runs a command line, without the program's name; resolves with the exit code. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const terminal = new Terminal(io);
  try {
    return exits[await dispatch(argv, terminal)].code;
  } catch (error) {
    if (io.signal.aborted) return exits.interrupted.code;
    const { code, message } = endingOf(error);
    if (message !== "") terminal.say(`${terminal.errPaint.bad("stowage:")} ${message}`);
    return code;
  } finally {
    terminal.close();
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal) {
  const [name, ...rest] = argv;
  if (name === undefined) {
    terminal.say(programHelp());
    return "usage";
  }
  if (name === "--version") await terminal.line(version());
  else if (name === "--help" || name === "-h") await terminal.line(programHelp());
  else if (name === "help")
    await terminal.line(rest.length === 0 ? programHelp() : commandHelp(commandNamed(rest[0])));
  else return execute(commandNamed(name), rest, terminal);
  return "done";
}

function commandNamed(name: string): Command {
  const found = commands.find((each) => each.name === name);
  if (found !== undefined) return found;
  const near = suggest(
    name,
    commands.map((each) => each.name),
  );
  const hint = near === undefined ? 'see "stowage --help"' : `did you mean ${near}?`;
  const kind = name.startsWith("-") ? "option" : "command";
  throw usage(`there is no ${kind} ${JSON.stringify(name)}; ${hint}`);
}

async function execute(command: Command, argv: readonly string[], terminal: Terminal) {
  if (command.takesSettings === true && !argv.includes("--help")) {
    return command.run({ args: argv, options: {}, terminal } as unknown as Call);
  }
  const { args, options } = command.takesSettings === true ? parseNothing() : parse(command, argv);
  if (options.help === true) {
    await terminal.line(commandHelp(command));
    return "done";
  }
  if (options.token != null)
    terminal.say("stowage: --token is visible to everybody on this machine; put it into STOWAGE_TOKEN");
  const clients: Client[] = [];
  const server = command.remote ? serverOf(options, terminal.io.env) : undefined;
  const client = (connections = 1) => {
    const made = new Client({ ...server!, timeoutMs: options.timeout as number, connections });
    clients.push(made);
    return made;
  };
  const stop = () => {
    for (const each of clients) each.close();
  };
  terminal.io.signal.addEventListener("abort", stop);
  try {
    return await command.run({ args, options, terminal, client, server } as unknown as Call);
  } finally {
    terminal.io.signal.removeEventListener("abort", stop);
    stop();
  }
}

function parseNothing() {
  return { args: [], options: { help: true } as Record<string, unknown> };
}

/** Flags count before variables. An empty variable is as good as none. */
function serverOf(
  { url, token }: Readonly<Record<string, unknown>>,
  { STOWAGE_URL, STOWAGE_TOKEN }: Io["env"],
): { address: Address; token: string | undefined } {
  const address = (url as Address | null) ?? parseAddress(STOWAGE_URL || usualAddress);
  if (address === undefined)
    throw usage(`STOWAGE_URL must be ${expectedAddress}, not ${JSON.stringify(STOWAGE_URL)}`);
  return { address, token: (token as string | null) ?? (STOWAGE_TOKEN || undefined) };
}
