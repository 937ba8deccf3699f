/** close: no verb works after it, and nothing waits for ever. */
import { identical, rejects } from "../check.js";
import { everyVerb } from "./calls.js";
import { storeGroup } from "./group.js";

export const closing = storeGroup("close", [], (test) => {
  for (const [verb, run] of Object.entries(everyVerb)) {
    test(`${verb} is refused after it`, async (t) => {
      await t.store.close();
      const outcome = run(t.store, t.call);
      if (outcome !== undefined) await rejects(outcome, "ClosedError");
    });
  }

  test("twice is as once", async (t) => {
    await t.set("a", "1");
    await Promise.all([t.store.close(), t.store.close()]);
    await t.store.close();
  });

  test("ends what is under way, one way or the other", async (t) => {
    const calls = Array.from({ length: 20 }, (_, index) => t.set(`k${index}`, "1"));
    const settled = Promise.allSettled(calls);
    await t.store.close();
    identical((await settled).length, calls.length);
  });
});
