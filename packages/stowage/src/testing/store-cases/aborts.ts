/** A call whose signal aborts ends; a call whose signal has aborted is never begun. */
import { identical, same } from "../check.js";
import { bytesOf } from "../store-subject.js";
import { everyVerb } from "./calls.js";
import { storeGroup } from "./group.js";

export const aborts = storeGroup("abort", [], (test) => {
  for (const [verb, run] of Object.entries(everyVerb)) {
    test(`${verb} with a signal that has aborted rejects with its reason`, async (t) => {
      const reason = new Error("given up");
      await t.set("old", "1");
      const outcome = run(t.store, { signal: AbortSignal.abort(reason) });
      if (outcome === undefined) return;
      identical(
        await outcome.then(
          () => undefined,
          (error) => error,
        ),
        reason,
      );
      same([await t.get("a"), await t.get("old")], [undefined, "1"], "nothing has changed");
    });
  }

  test("while it is under way it ends, and what comes after it gets its own answers", async (t) => {
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    await t.store.setMany(
      keys.map((key) => ({ key, bytes: bytesOf(key), ttlMs: null })),
      t.call,
    );
    for (let round = 0; round < 10; round++) {
      const aborting = new AbortController();
      const calls = keys.map((key) => t.store.getMany([key], { signal: aborting.signal }));
      const after = keys.map((key) => t.get(key));
      aborting.abort(new Error("given up"));
      await Promise.allSettled(calls);
      same(await Promise.all(after), keys, `round ${round}`);
      same(await Promise.all(keys.map((key) => t.get(key))), keys, `after round ${round}`);
    }
  });
});
