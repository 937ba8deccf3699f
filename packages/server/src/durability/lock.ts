/**
 * One server a data directory: a file `lock` that says who has it.
 *
 *     {"token": random, "pid": 4711, "start": ticks, "place": machine, boot and namespace}
 *
 * Node has no file locks that the system takes back when a process dies, so a lock is judged by who wrote it. A process of
 * the same place is looked up, by number and time of start: it is alive, or the lock is stale. One of elsewhere (another
 * container, another machine on a network drive) cannot be looked up: its lock is watched. The holder renews the time of
 * change every second; what does not change for four is stale. Clocks of different machines are never compared.
 *
 * Left open: two servers that take over the same stale lock within microseconds of each other. Each looks again a moment
 * later, and at every renewal, and the loser stops. What they write takes the place of a snapshot in one step, so that
 * even then no file is ever broken.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock, TimerHandle } from "stowage";
import { StoreError } from "./errors.js";
import { codeOf, messageOf, type StoreFiles } from "./files.js";
import type { Place } from "./place.js";

const renewMs = 1_000;
/** Four renewals: one may be late by a garbage collection, or by the caches of a network drive. */
const watchMs = 4_000;
/** Far more than lies between looking at a stale lock and taking it over. */
const settleMs = 150;
/** How often a lock is looked at anew because it changed under the eyes. */
const attemptsMax = 5;

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly start: string | null;
  readonly place: string;
}

export interface LockOptions {
  readonly dir: string;
  readonly files: StoreFiles;
  readonly clock: Clock;
  readonly place: Place;
  /** Called once, if another server has taken the directory over. */
  readonly onLost: () => void;
}

export class Lock {
  readonly #options: LockOptions;
  readonly #path: string;
  readonly #text: string;
  #timer: TimerHandle | undefined;
  #held = false;

  constructor(options: LockOptions) {
    this.#options = options;
    this.#path = join(options.dir, "lock");
    const { pid, name, startOf } = options.place;
    const holder: Holder = { token: randomUUID(), pid, start: startOf(pid) ?? null, place: name };
    this.#text = JSON.stringify(holder);
  }

  get held(): boolean {
    return this.#held;
  }

  /** @throws StoreError */
  async take(): Promise<void> {
    for (let attempt = 0; !this.#held && attempt < attemptsMax; attempt++) {
      if (await this.#create()) this.#held = true;
      else await this.#takeOver();
    }
    if (!this.#held) this.#refuse("several servers are trying to use it at once");
    this.#renewLater();
  }

  /** For the next server to find none. */
  async release(): Promise<void> {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    if (!this.#held || !(await this.#isOurs())) return;
    this.#held = false;
    await this.#options.files.unlink(this.#path).catch(() => {}); // then it is found to be stale
  }

  async #create(): Promise<boolean> {
    try {
      await this.#options.files.writeFile(this.#path, this.#text, { flag: "wx", mode: 0o600 });
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw unusable(this.#options.dir, error);
    }
  }

  /** Does nothing if the lock went away or changed: then it is looked at anew. */
  async #takeOver(): Promise<void> {
    const found = await this.#read();
    if (found === undefined) return;
    const holder = holderIn(found);
    const verdict = holder === undefined ? "unknown" : this.#judge(holder);
    if (verdict === "alive") this.#refuse(`process ${holder?.pid} is using it`);
    if (verdict === "unknown" && (await this.#isRenewed()))
      this.#refuse("a server in another container or on another machine is using it");
    if ((await this.#read()) !== found) return;
    await this.#replace();
    await this.#wait(settleMs);
    this.#held = await this.#isOurs();
  }

  #judge({ place, pid, start }: Holder): "alive" | "gone" | "unknown" {
    const here = this.#options.place;
    if (place !== here.name) return "unknown";
    const startNow = here.startOf(pid);
    if (startNow === undefined) return "gone";
    if (startNow === null || start === null) return "unknown";
    return startNow === start ? "alive" : "gone";
  }

  async #isRenewed(): Promise<boolean> {
    const before = await this.#renewedAt();
    await this.#wait(watchMs);
    return (await this.#renewedAt()) !== before;
  }

  /** When the file was changed, and what it said; undefined: there is none. */
  async #renewedAt(): Promise<string | undefined> {
    const text = await this.#read();
    if (text === undefined) return undefined;
    return `${await this.#options.files.mtime(this.#path).catch(() => 0)} ${text}`;
  }

  async #replace(): Promise<void> {
    const { files, dir } = this.#options;
    const ours = `${this.#path}.${randomUUID()}.tmp`;
    try {
      await files.writeFile(ours, this.#text, { flag: "wx", mode: 0o600 });
      await files.rename(ours, this.#path);
    } catch (error) {
      throw unusable(dir, error);
    }
  }

  #renewLater(): void {
    this.#timer = this.#options.clock.setTimer(() => void this.#renew(), renewMs);
  }

  async #renew(): Promise<void> {
    const { files, clock, onLost } = this.#options;
    const found = await this.#read().catch(() => this.#text);
    // Somebody removed it: it is put there again, unless another one was faster.
    if (found === undefined) await this.#create().catch(() => false);
    else if (found !== this.#text) {
      this.#held = false;
      onLost();
      return;
    }
    const now = new Date(clock.wall());
    await files.utimes(this.#path, now, now).catch(() => {}); // a drive that takes nothing shows in the next snapshot
    if (this.#held) this.#renewLater();
  }

  async #isOurs(): Promise<boolean> {
    return (await this.#read().catch(() => undefined)) === this.#text;
  }

  async #read(): Promise<string | undefined> {
    try {
      return await this.#options.files.readFile(this.#path, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw unusable(this.#options.dir, error);
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      // A server that is starting has nothing else yet that keeps the process alive.
      const alive = setInterval(() => {}, 2 ** 30);
      this.#options.clock.setTimer(() => {
        clearInterval(alive);
        resolve();
      }, ms);
    });
  }

  #refuse(reason: string): never {
    const { dir } = this.#options;
    const right = `stop that server, or give each its own data-dir; if you are sure that there is none, remove ${this.#path}`;
    throw new StoreError("in_use", `the data directory ${dir} is in use: ${reason}. Either ${right}`);
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    const { token, pid, start, place } = JSON.parse(text) as Holder;
    return Number.isInteger(pid) && typeof place === "string" ? { token, pid, start, place } : undefined;
  } catch {
    return undefined; // being written, or cut off by a full disk: its renewal tells
  }
}

export function unusable(dir: string, cause: unknown): StoreError {
  const right = "it must be a directory that this user may write to, on a disk with room";
  return new StoreError("unusable", `cannot use the data directory ${dir}: ${messageOf(cause)}; ${right}`, {
    cause,
  });
}
