/**
 * Hooks: the user's functions around the verbs. A verb that nobody watches never comes here; see `observe`.
 *
 * A hook that throws or rejects is counted, reported and otherwise without effect, unless it was declared with `veto`.
 * What a hook does with the cache before it first waits is not told to that hook again: a hook on `set` may set.
 * Asynchronous hooks are told in later turns of the event loop's microtask queue, one event after another, each waiting
 * for the one before; the queue is bounded, and events that find it full are counted as dropped.
 */
import { VetoError } from "../../base/errors.js";
import { nextTurn } from "../../base/next-turn.js";
import type { BoundHook } from "../options.js";
import type { HookEvent } from "../types.js";
import { catchLate } from "./late.js";
import type { Reporter } from "./reporter.js";
import type { Counts } from "./stats.js";

/** Events that an asynchronous hook is told of before timers and I/O have their turn. */
const EVENTS_A_TURN = 64;

interface Running {
  readonly hook: BoundHook;
  readonly name: string;
  readonly on: ReadonlySet<string> | null;
  readonly queue: HookEvent[];
  draining: boolean;
  inside: boolean;
}

export class Hooks {
  readonly #before: Running[];
  readonly #after: Running[];
  readonly #reporter: Reporter;
  readonly #stats: Counts;
  readonly names: readonly string[];

  constructor(hooks: readonly BoundHook[], reporter: Reporter, stats: Counts) {
    const running = hooks.map((hook, index) => start(hook, index));
    this.#before = running.filter(({ hook }) => hook.when === "before");
    this.#after = running.filter(({ hook }) => hook.when === "after");
    this.#reporter = reporter;
    this.#stats = stats;
    this.names = running.map(({ name }) => name);
  }

  get any(): boolean {
    return this.#before.length + this.#after.length > 0;
  }

  init(cache: unknown): void {
    for (const each of this.#all()) this.#guarded(each, () => each.hook.init?.(cache));
  }

  reset(): void {
    for (const each of this.#all()) {
      each.queue.length = 0;
      this.#guarded(each, () => each.hook.reset?.());
    }
  }

  /** The name of the hook that stops the action, or undefined. */
  before(event: HookEvent): string | undefined {
    for (const each of this.#before) {
      if (!this.#concerns(each, event)) continue;
      if (!each.hook.veto) this.#tell(each, event);
      else if (!this.#allows(each, event)) return each.name;
    }
    return undefined;
  }

  after(event: HookEvent): void {
    for (const each of this.#after) if (this.#concerns(each, event)) this.#tell(each, event);
  }

  close(): void {
    for (const each of this.#all()) each.queue.length = 0;
  }

  #all(): Running[] {
    return [...this.#before, ...this.#after];
  }

  #concerns(each: Running, event: HookEvent): boolean {
    if (each.inside || (each.on !== null && !each.on.has(event.action))) return false;
    const { filter } = each.hook;
    if (filter === null) return true;
    return this.#guarded(each, () => filter(event)) === true;
  }

  #allows(each: Running, event: HookEvent): boolean {
    each.inside = true;
    try {
      const answer = each.hook.handle?.(event);
      if (!isPromise(answer)) return answer !== false;
      catchLate(answer, () => {});
      throw new TypeError("a hook that may veto has to answer at once, not with a promise");
    } catch (cause) {
      throw new VetoError(event.action, each.name, { cause });
    } finally {
      each.inside = false;
    }
  }

  #tell(each: Running, event: HookEvent): void {
    if (each.hook.async) this.#enqueue(each, event);
    else this.#guarded(each, () => each.hook.handle?.(event));
  }

  #guarded<T>(each: Running, call: () => T): T | undefined {
    each.inside = true;
    const report = (error: unknown): void => this.#reporter.report(error, "hook", each.name);
    try {
      const returned = call();
      catchLate(returned, report);
      return returned;
    } catch (error) {
      report(error);
      return undefined;
    } finally {
      each.inside = false;
    }
  }

  #enqueue(each: Running, event: HookEvent): void {
    if (each.queue.length >= each.hook.queue) {
      this.#stats.droppedEvents++;
      return;
    }
    each.queue.push(event);
    if (each.draining) return;
    each.draining = true;
    queueMicrotask(() => void this.#drain(each));
  }

  /** What it does before it first waits is not told to it; what it does later nobody can tell from what others do. */
  #inside(each: Running, event: HookEvent): unknown {
    each.inside = true;
    try {
      return each.hook.handle?.(event);
    } finally {
      each.inside = false;
    }
  }

  async #drain(each: Running): Promise<void> {
    let told = 0;
    for (let event = each.queue.shift(); event !== undefined; event = each.queue.shift()) {
      // A hook that writes after a wait is told of that as well, for ever; others still have to have their turn.
      if (++told % EVENTS_A_TURN === 0) await nextTurn();
      try {
        await this.#inside(each, event);
      } catch (error) {
        this.#reporter.report(error, "hook", each.name);
      }
    }
    each.draining = false;
  }
}

function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value;
}

function start(hook: BoundHook, index: number): Running {
  return {
    hook,
    name: hook.name || `hooks[${index}]`,
    on: hook.on === null ? null : new Set(hook.on),
    queue: [],
    draining: false,
    inside: false,
  };
}
