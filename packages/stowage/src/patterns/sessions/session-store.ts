/**
 * Sessions for express-session, and for what takes its stores. The base class is the user's own (`session.Store`): it makes sessions
 * and cookies out of what is stored here, and is not imported.
 */
import { systemClock } from "../../base/clock.js";
import { Sessions, type SessionsOptions } from "./sessions.js";

/** What express-session keeps: the session's own members, and its cookie. */
export interface SessionRecord {
  readonly cookie?: {
    readonly expires?: Date | string | null | undefined;
    readonly maxAge?: number | null | undefined;
    readonly originalMaxAge?: number | null | undefined;
  };
}

type Done<T = unknown> = (error?: unknown, result?: T) => void;

/** The verbs of a store of express-session. */
export interface SessionStoreVerbs {
  get(id: string, done: Done<SessionRecord | null>): void;
  set(id: string, session: SessionRecord, done?: Done): void;
  /** Another lifetime, and nothing else: a request that only read cannot undo what another one wrote. */
  touch(id: string, session: SessionRecord, done?: Done): void;
  destroy(id: string, done?: Done): void;
  all(done: Done<readonly (SessionRecord & { readonly id: string })[]>): void;
  length(done: Done<number>): void;
  clear(done?: Done): void;
  /** Closes what it stands on. */
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the base class is whatever express-session has
type Base = new (...args: any[]) => object;

/**
 * A store for express-session. A session lives as its cookie does, and without an expiry of its own for `ttl`; with
 * `rolling: true` of express-session, or with its `touch` after each request, it lives for as long as it is used.
 *
 * @param base `session.Store` of express-session
 * @throws InvalidOptionError for an option that is unknown or wrong
 * @example
 * app.use(session({ secret, store: sessionStore(session.Store, { store: new RedisStore({ url }), ttl: "1h" }) }));
 */
export function sessionStore<StoreBase extends Base>(
  base: StoreBase,
  options: SessionsOptions = {},
): InstanceType<StoreBase> & SessionStoreVerbs {
  const sessions = new Sessions<SessionRecord>(options);
  const { clock = systemClock } = options;
  const Extended = class extends (base as Base) implements SessionStoreVerbs {
    get(id: string, done: Done<SessionRecord | null>): void {
      tell(
        sessions.get(id).then((found) => found ?? null),
        done,
      );
    }

    set(id: string, session: SessionRecord, done?: Done): void {
      const ttlMs = lifeOf(session, clock.wall());
      if (ttlMs !== undefined && ttlMs <= 0) this.destroy(id, done);
      else tell(sessions.set(id, session, ttlMs), done);
    }

    touch(id: string, session: SessionRecord, done?: Done): void {
      const ttlMs = lifeOf(session, clock.wall());
      if (ttlMs !== undefined && ttlMs <= 0) this.destroy(id, done);
      else tell(sessions.touch(id, ttlMs), done);
    }

    destroy(id: string, done?: Done): void {
      tell(sessions.destroy(id), done);
    }

    all(done: Done<readonly (SessionRecord & { readonly id: string })[]>): void {
      tell(
        sessions.all().then((all) => Array.from(all, ([id, session]) => ({ ...session, id }))),
        done,
      );
    }

    length(done: Done<number>): void {
      tell(sessions.count(), done);
    }

    clear(done?: Done): void {
      tell(sessions.clear(), done);
    }

    close(): Promise<void> {
      return sessions.close();
    }
  };
  return new Extended() as InstanceType<StoreBase> & SessionStoreVerbs;
}

/** Milliseconds by the cookie; undefined: it says nothing, as that of a session which ends with the browser. */
function lifeOf({ cookie }: SessionRecord, nowMs: number): number | undefined {
  const { expires, originalMaxAge } = cookie ?? {};
  const endMs = expires == null ? Number.NaN : new Date(expires).getTime();
  if (!Number.isNaN(endMs)) return Math.ceil(endMs - nowMs);
  return typeof originalMaxAge === "number" ? originalMaxAge : undefined;
}

/** The callback is called outside of the promise: what it throws is the caller's, as with every store of express-session. */
function tell<T>(promise: Promise<T>, done: Done<T> | undefined): void {
  promise.then(
    (result) => done && setImmediate(done, null, result),
    (error: unknown) => done && setImmediate(done, error),
  );
}
