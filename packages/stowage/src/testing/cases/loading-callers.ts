/** Callers of fetch who give up: their own business, unless nobody is left. */
import { group } from "../cases.js";
import { identical, ok } from "../check.js";
import { deferred } from "../deferred.js";
import { settle } from "../fake-clock.js";

export const loadingCallers = group("callers who give up", ["fetch"], (test) => {
  test("a signal that is aborted already loads nothing", async (t) => {
    const cache = t.create();
    let loads = 0;
    const reason = new Error("enough");
    const [outcome] = await Promise.allSettled([
      cache.fetch("a", () => ++loads, { signal: AbortSignal.abort(reason) }),
    ]);
    ok(outcome?.status === "rejected" && outcome.reason === reason, "rejects with the signal's reason");
    identical(loads, 0);
  });

  test("one caller who gives up does not fail the others", async (t) => {
    const cache = t.create();
    const gate = deferred<string>();
    const abort = new AbortController();
    const seen: AbortSignal[] = [];
    const load = (_key: unknown, { signal }: { signal: AbortSignal }): Promise<string> => {
      seen.push(signal);
      return gate.promise;
    };
    const [one, two] = [cache.fetch("a", load, { signal: abort.signal }), cache.fetch("a", load)];
    const settled = Promise.allSettled([one, two]);
    await settle();
    const reason = new Error("enough");
    abort.abort(reason);
    await settle();
    identical(seen[0].aborted, false, "the load goes on");
    gate.resolve("v");
    const [gaveUp, stayed] = await settled;
    identical(gaveUp.status === "rejected" && gaveUp.reason, reason);
    identical(stayed.status === "fulfilled" && stayed.value, "v");
    identical(cache.get("a"), "v");
  });

  test("when nobody waits any more the loader is told", async (t) => {
    const cache = t.create();
    const gate = deferred<string>();
    const aborts = [new AbortController(), new AbortController()];
    const seen: AbortSignal[] = [];
    const load = (_key: unknown, { signal }: { signal: AbortSignal }): Promise<string> => {
      seen.push(signal);
      return gate.promise;
    };
    const settled = Promise.allSettled(aborts.map(({ signal }) => cache.fetch("a", load, { signal })));
    await settle();
    for (const abort of aborts) abort.abort();
    await settled;
    identical(seen[0].aborted, true);
    gate.resolve("late");
    await settle();
    identical(cache.has("a"), false, "what comes late is not stored");
    identical(await cache.fetch("a", () => "new"), "new");
  });
});
