/**
 * One call of the user's bulk loader for all the keys of a fetchMany that have to be loaded, seen as one load per key: so
 * that the same keys are not loaded twice, whoever asks for them, and each can be overtaken by itself.
 */
import { InvalidArgumentError } from "../../base/errors.js";
import type { BoundFetchOptions } from "../options.js";
import type { BulkLoader, BulkResult, LoadResult } from "../types.js";
import type { Load, Loads } from "./loads.js";

export class Bulk<K, V> {
  readonly #loads: Loads<K, V>;
  readonly #loader: BulkLoader<K, V>;
  readonly #how: BoundFetchOptions;
  readonly #keys: K[] = [];
  readonly #parts: Load<V>[] = [];
  readonly #controller = new AbortController();
  readonly #results: Promise<ReadonlyMap<K, LoadResult<V>>>;
  #resolve!: (results: ReadonlyMap<K, LoadResult<V>> | PromiseLike<ReadonlyMap<K, LoadResult<V>>>) => void;

  constructor(loads: Loads<K, V>, loader: BulkLoader<K, V>, how: BoundFetchOptions) {
    this.#loads = loads;
    this.#loader = loader;
    this.#how = how;
    this.#results = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#results.catch(() => {});
  }

  /** A load of this key: part of the one call, or, where an overtaken load has to end first, a call of its own. */
  start(key: K): Load<V> {
    const loads = this.#loads;
    if (loads.isBusy(key)) return loads.start(key, (signal) => this.single(key, signal), this.#how);
    this.#keys.push(key);
    const part = loads.start(key, () => this.#results.then((results) => results.get(key)), this.#how);
    part.abandon = (reason) => this.#abandon(reason);
    this.#parts.push(part);
    return part;
  }

  go(): void {
    if (this.#keys.length === 0) return;
    for (const { controller } of this.#parts) this.#stopWith(controller.signal);
    this.#resolve(this.#call(this.#keys, this.#controller.signal));
  }

  async single(key: K, signal: AbortSignal): Promise<LoadResult<V>> {
    return (await this.#call([key], signal)).get(key);
  }

  /** The one call goes on, and its parts can be joined, as long as somebody waits for any of them. */
  #abandon(reason: unknown): void {
    if (this.#parts.some((part) => part.waiters > 0 || part.background)) return;
    for (const { controller } of this.#parts) controller.abort(reason);
  }

  /** Parts are also stopped one by one, by a timeout or by close. */
  #stopWith(signal: AbortSignal): void {
    const stop = (): void => {
      if (this.#parts.every((part) => part.controller.signal.aborted)) this.#controller.abort(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  }

  async #call(keys: K[], signal: AbortSignal): Promise<ReadonlyMap<K, LoadResult<V>>> {
    return checkedResult(await this.#loader(keys, { signal }));
  }
}

/** What a bulk loader returned, as a map. @throws InvalidArgumentError */
export function checkedResult<K, V>(result: BulkResult<K, V>): ReadonlyMap<K, LoadResult<V>> {
  if (result instanceof Map) return result;
  if (typeof result === "object" && result !== null && Symbol.iterator in result) return new Map(result);
  throw new InvalidArgumentError(
    "fetchMany",
    "the loader's result",
    result,
    "a Map, or an iterable of [key, value] pairs",
  );
}
