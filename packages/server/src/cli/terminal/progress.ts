/**
 * A line on stderr that says how far something is, where somebody looks; else nothing.
 *
 *     loading  ███████████░░░░░░░░░░░░░  45 %  450,000 of 1,000,000  12,300/s  45 s left
 *
 * Not that of @clack/prompts: it reads the keyboard meanwhile, and with it what is piped into `stowage load`.
 */
import { count, seconds } from "./numbers.js";
import type { Terminal } from "./terminal.js";

const width = 24;
/** Ten times a second is smooth, and costs nothing. */
const betweenMs = 100;

export class Progress {
  readonly #terminal: Terminal;
  readonly #what: string;
  /** NaN: not known. */
  readonly #total: number;
  readonly #unit: string;
  readonly #beganMs: number;
  readonly #shown: boolean;
  #lastMs = Number.NEGATIVE_INFINITY;
  #done = 0;

  constructor(terminal: Terminal, what: string, total: number | null, unit = "") {
    this.#terminal = terminal;
    this.#what = what;
    this.#total = total ?? Number.NaN;
    this.#unit = unit;
    this.#shown = terminal.io.stderr.isTTY === true && terminal.io.env.TERM !== "dumb";
    this.#beganMs = terminal.io.now();
  }

  get done(): number {
    return this.#done;
  }

  add(steps = 1): void {
    this.set(this.#done + steps);
  }

  set(done: number): void {
    this.#done = done;
    const now = this.#terminal.io.now();
    if (!this.#shown || now - this.#lastMs < betweenMs) return;
    this.#lastMs = now;
    this.#draw(now - this.#beganMs);
  }

  /** Takes the line away again. */
  end(): void {
    if (this.#shown) this.#terminal.io.stderr.write("\r\x1b[K");
  }

  #draw(ms: number): void {
    const { stderr } = this.#terminal.io;
    const line = this.#line(ms).slice(0, Math.max(20, (stderr.columns ?? 80) - 1));
    stderr.write(`\r${line}\x1b[K`);
  }

  #line(ms: number): string {
    const speed = ms > 0 ? (this.#done / ms) * 1_000 : 0;
    const rate = this.#unit === "" ? `${count(speed)}/s` : "";
    const share = this.#done / this.#total;
    if (!(share >= 0)) return [this.#what, count(this.#done), rate].join("  ");
    const part = Math.min(1, share);
    const filled = Math.round(part * width);
    const bar = "█".repeat(filled) + "░".repeat(width - filled);
    const left = speed > 0 && part < 1 ? `${seconds((this.#total - this.#done) / speed)} left` : "";
    const sum = this.#unit === "" ? `${count(this.#done)} of ${count(this.#total)}` : "";
    return [this.#what, bar, `${Math.floor(part * 100)} %`, sum, rate, left]
      .filter((each) => each !== "")
      .join("  ");
  }
}
