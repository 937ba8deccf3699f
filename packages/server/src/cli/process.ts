/** The command line as a process: its streams, its signals, its exit code. */
import { exits } from "./exit-codes.js";
import { run } from "./run.js";

/** Ends with the exit code as soon as everything is written. */
export async function runProcess(argv: readonly string[]): Promise<void> {
  const interrupt = new AbortController();
  // The server heeds signals by itself.
  if (argv[0] !== "serve") process.on("SIGINT", () => stop(interrupt));
  const { stdin, stdout, stderr, env } = process;
  const now = () => performance.now();
  process.exitCode = await run(argv, {
    stdin,
    stdout,
    stderr,
    env,
    now,
    wall: Date.now,
    signal: interrupt.signal,
  });
  // A pipe that nobody reads to its end would keep the process.
  if (!stdin.isTTY) stdin.destroy();
}

/** The first time, what is under way is broken off; the second time, there is no waiting for it. */
function stop(interrupt: AbortController): void {
  if (interrupt.signal.aborted) process.exit(exits.interrupted.code);
  interrupt.abort(new Error("interrupted"));
  process.stdin.destroy();
}
