/**
 * Measures what a piece of work costs: the CPU time of the whole process, the wall time beside it, and of that the part for
 * which this thread was not merely waiting for a core.
 *
 * CPU time is the figure that is reported. On a pinned core that does nothing else the two are the same; when
 * something else wants the core, only the wall time grows. All threads of the process count, so a library whose
 * garbage is collected by helper threads pays for it. The kernel's figure is exact to a microsecond, and reading
 * it takes about one: what is timed should last a hundred at least.
 */
import { SchedulerWait } from "./scheduler-wait.js";

export interface Elapsed {
  cpuNs: number;
  wallNs: number;
  ownNs: number;
}

export class Stopwatch {
  #cpuUs = 0;
  #wallMs = 0;
  #cpuStart: NodeJS.CpuUsage = { user: 0, system: 0 };
  #wallStart = 0;
  readonly #scheduler = new SchedulerWait();
  #waitedMs = 0;
  #waitedStart = 0;

  start(): void {
    this.#waitedStart = this.#scheduler.readMs();
    this.#wallStart = performance.now();
    this.#cpuStart = process.cpuUsage();
  }

  stop(): void {
    const cpu = process.cpuUsage(this.#cpuStart);
    this.#wallMs += performance.now() - this.#wallStart;
    this.#cpuUs += cpu.user + cpu.system;
    this.#waitedMs += this.#scheduler.readMs() - this.#waitedStart;
  }

  /** What ran between each start() and stop() since the last take(). */
  take(): Elapsed {
    const ownMs = this.#wallMs - this.#waitedMs;
    const elapsed = { cpuNs: this.#cpuUs * 1e3, wallNs: this.#wallMs * 1e6, ownNs: ownMs * 1e6 };
    this.#cpuUs = 0;
    this.#wallMs = 0;
    this.#waitedMs = 0;
    return elapsed;
  }
}
