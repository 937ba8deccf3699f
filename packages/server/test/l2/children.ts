/** Processes of tests: what they say, line by line. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const PATIENCE_MS = 30_000;

export class Child {
  readonly process: ChildProcess;
  readonly lines: string[] = [];
  readonly #wakes = new Set<() => void>();

  constructor(program: string, args: readonly string[]) {
    this.process = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.process.stdout! }).on("line", (line) => {
      this.lines.push(line);
      for (const wake of this.#wakes) wake();
    });
    this.process.on("exit", () => {
      for (const wake of this.#wakes) wake();
    });
  }

  /** The first line that it says, or has said, that matches. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      for (const line of this.lines) {
        const found = pattern.exec(line);
        if (found !== null) return found;
      }
      if (this.process.exitCode !== null || performance.now() > end)
        throw new Error(`it never said ${pattern}: ${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        const wake = (): void => {
          clearTimeout(timer);
          this.#wakes.delete(wake);
          resolve();
        };
        this.#wakes.add(wake);
      });
    }
  }

  say(text: string): void {
    this.process.stdin!.write(`${text}\n`);
  }

  /** At once, as a crash. */
  kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.process.once("exit", () => resolve());
      this.process.kill("SIGKILL");
    });
  }
}
