/**
 * Measures what a piece of work costs: the CPU time of the whole process, and the wall time beside it.
 *
 * CPU time is the figure that is reported. On a pinned core that does nothing else the two are the same; when
 * something else wants the core, only the wall time grows. All threads of the process count, so a library whose
 * garbage is collected by helper threads pays for it. The kernel's figure is exact to a microsecond, and reading
 * it takes about one: what is timed should last a hundred at least.
 */
export interface Elapsed {
  cpuNs: number;
  wallNs: number;
}

export class Stopwatch {
  #cpuUs = 0;
  #wallMs = 0;
  #cpuStart: NodeJS.CpuUsage = { user: 0, system: 0 };
  #wallStart = 0;

  start(): void {
    this.#wallStart = performance.now();
    this.#cpuStart = process.cpuUsage();
  }

  stop(): void {
    const cpu = process.cpuUsage(this.#cpuStart);
    this.#wallMs += performance.now() - this.#wallStart;
    this.#cpuUs += cpu.user + cpu.system;
  }

  /** What ran between each start() and stop() since the last take(). */
  take(): Elapsed {
    const elapsed = { cpuNs: this.#cpuUs * 1e3, wallNs: this.#wallMs * 1e6 };
    this.#cpuUs = 0;
    this.#wallMs = 0;
    return elapsed;
  }
}
