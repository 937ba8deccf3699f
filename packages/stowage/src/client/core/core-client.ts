/**
 * The core of the client, for pages that count every kilobyte: the verbs of keys over one server, batched.
 *
 * Left out, and in `Client`: compare-and-set, retries and breaker, several servers, the near cache, loading, collections, scans, invalidation,
 * events. What is here behaves as there, since it is the same code.
 */
import { ClosedError } from "../../base/errors.js";
import { givenOptions } from "../../base/options.js";
import type { KeyState } from "../state.js";
import type { AnyEntries } from "../types.js";
import { KeyVerbs } from "./key-verbs.js";
import { type CoreClientOptions, coreDefaults, coreOptions } from "./options.js";
import { Server } from "./server.js";

/** Operations that wait or are under way: as in Client. */
const PENDING_MAX = 10_000;

/**
 * A client of one Stowage server, over `fetch`, with the verbs of keys alone: get, set, delete, counters, lifetimes. What is asked for in one tick leaves as one request.
 *
 * @typeParam Entries keys and the types of their values, such as `{ [key: \`user:${string}\`]: User; config: Config }`.
 * Left out: all keys, and values of whatever type the call names.
 * @example
 * const cache = new CoreClient({ url: "https://cache.example.org", token });
 * const [user, config] = await Promise.all([cache.get<User>("user:1"), cache.get<Config>("config")]);
 */
export class CoreClient<Entries extends object = AnyEntries> extends KeyVerbs<Entries> {
  readonly #server: Server;

  /** @throws InvalidOptionError for an option that is unknown or wrong */
  constructor(options: CoreClientOptions) {
    super();
    const bound = { ...coreDefaults, ...givenOptions(coreOptions, options, "new CoreClient") };
    const server = new Server(bound, PENDING_MAX);
    const state: KeyState = {
      options: { ttl: bound.ttl, maxPending: PENDING_MAX },
      cluster: server,
      near: null,
      loading: null,
      get isClosed() {
        return server.isClosed;
      },
    };
    this.#server = server;
    this.begin(state);
  }

  /** What waits or is under way rejects with ClosedError. */
  close(): void {
    this.#server.close(new ClosedError("the client"));
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
