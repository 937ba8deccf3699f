/** fetch, remember, rememberAll: a value from the cache, or from its source by way of the cache; once in the whole fleet. */
import { ClosedError, InvalidArgumentError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import { Outcomes } from "../../cache/services/outcomes.js";
import type { Loader } from "../../cache/types.js";
import { checkKey } from "../wire/operations.js";
import { loadOptions, withoutOptions } from "./call-options.js";
import { type Call, type Check, Fetching } from "./fetching.js";
import { Lives } from "./lives.js";
import { Loads } from "./loads.js";
import type { LoadOptions } from "./options.js";
import {
  type ListLoader,
  type RememberAllOptions,
  type RememberedList,
  rememberAll,
} from "./remember-all.js";
import type { LoadingCounts, LoadingHost } from "./types.js";
import { Waits } from "./waits.js";

export { loadDefaults } from "./options.js";
export { WAITS_MAX, WAITS_MAX_WEB } from "./waits.js";

export class Loading {
  readonly #host: LoadingHost;
  readonly #loads: Loads;
  readonly #outcomes = new Outcomes<string>();
  readonly #fetching: Fetching;
  readonly counts: LoadingCounts = { loads: 0, failed: 0, overtaken: 0, stale: 0, withoutCache: 0 };

  /** @param waitsMax loads of others that are waited for at one time, each on a connection of its own */
  constructor(host: LoadingHost, waitsMax: number) {
    this.#host = host;
    const { clock } = host;
    const lives = new Lives(clock);
    const common = { outcomes: this.#outcomes, lives, counts: this.counts };
    this.#loads = new Loads(host, { ...common, waits: new Waits(clock, waitsMax) });
    const fallback = withoutOptions(host.fetch);
    this.#fetching = new Fetching({ ...common, host, fallback, loads: this.#loads });
  }

  /** How many loads are under way. */
  get running(): number {
    return this.#loads.size;
  }

  /** Fails if the cache cannot be asked. */
  fetch(
    key: string,
    loader: Loader<string, unknown>,
    options?: LoadOptions,
    check?: Check,
  ): Promise<unknown> {
    return this.#begin("fetch", key, loader, options, check);
  }

  /** If the cache cannot be asked, the loader is. */
  remember(
    key: string,
    loader: Loader<string, unknown>,
    options?: LoadOptions,
    check?: Check,
  ): Promise<unknown> {
    return this.#begin("remember", key, loader, options, check);
  }

  /** A list, and its items each under a key of its own. */
  async rememberAll<V>(
    prefix: string,
    loader: ListLoader<V>,
    options: RememberAllOptions<V>,
    check?: Check,
  ): Promise<RememberedList<V>> {
    this.#checkOpen("rememberAll");
    checkKey("rememberAll", prefix);
    checkLoader("rememberAll", loader);
    return rememberAll(this.#host, this.#fetching, { prefix, loader, options, check });
  }

  /** This client writes the key: before the request is sent, and again when its answer is there. */
  written(key: string): void {
    this.#loads.written(key);
    if (this.#outcomes.any) this.#outcomes.delete(key);
  }

  writtenAll(): void {
    this.#loads.writtenAll();
    this.#outcomes.clear();
  }

  /** Loads under way end with ClosedError. */
  close(): void {
    this.#fetching.isClosed = true;
    this.#loads.close();
  }

  #begin(
    where: "fetch" | "remember",
    key: string,
    loader: Loader<string, unknown>,
    options: LoadOptions | undefined,
    check: Check | undefined,
  ): Promise<unknown> {
    try {
      this.#checkOpen(where);
      checkKey(where, key);
      checkLoader(where, loader);
      if (options !== undefined) {
        checkNames(options, loadOptions.names, where);
        options.signal?.throwIfAborted();
      }
      const run: Call["run"] = (signal, stale) => loader(key, { signal, stale });
      const call: Call = { where, key, run, options, check, lenient: where === "remember" };
      // What is at hand in this process costs one promise.
      const kept = options?.force === true || check !== undefined ? undefined : this.#host.near?.peek(key);
      if (kept === undefined) return this.#fetching.fetch(call);
      this.#fetching.renewIfDue(call, kept);
      return Promise.resolve(kept);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #checkOpen(where: string): void {
    if (this.#fetching.isClosed) throw new ClosedError(where);
  }
}

function checkLoader(where: string, loader: unknown): void {
  if (typeof loader !== "function") throw new InvalidArgumentError(where, "the loader", loader, "a function");
}
