/** What a batcher promises, scene by scene. The tests run them, and so do the tests of these tests (mutants.test.ts). */
import assert from "node:assert/strict";
import type { OperationResult } from "../../../src/client/wire/operation.js";
import { outcomeOf, responseOf, World } from "./world.js";

export type Scene = () => Promise<void>;

async function outcomes(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  return Promise.all(promises.map(outcomeOf));
}

export const scenes: Readonly<Record<string, Scene>> = {
  async "operations of one tick leave as one request, in order, and each gets its own answer"() {
    const world = new World();
    const all = [world.get("a"), world.set("b"), world.incr("c")];
    await Promise.resolve();
    all.push(world.get("b"));
    assert.deepEqual(world.names, []);
    await world.tick();
    assert.deepEqual(world.names, [["get a", "set b", "incr c", "get b"]]);
    await world.sent[0].answer([{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }]);
    assert.deepEqual(await outcomes(all), [1, 2, 3, 4]);
    world.end();
  },

  async "ticks are requests of their own"() {
    const world = new World();
    const first = world.get("a");
    await world.tick();
    const second = world.get("b");
    await world.tick();
    assert.deepEqual(world.names, [["get a"], ["get b"]]);
    await world.sent[1].answer();
    assert.deepEqual(await outcomes([first, second]), ["open", "b"]);
    await world.sent[0].answer();
    world.end();
  },

  async "a full batch leaves at once"() {
    const world = new World({ max: 2 });
    const all = ["a", "b", "c", "d", "e"].map((key) => world.get(key));
    assert.deepEqual(world.names, [
      ["get a", "get b"],
      ["get c", "get d"],
    ]);
    await world.tick();
    assert.deepEqual(world.names[2], ["get e"]);
    for (const each of world.sent) await each.answer();
    assert.deepEqual(await outcomes(all), ["a", "b", "c", "d", "e"]);
    world.end();
  },

  async "a body is as long as it may be, in bytes"() {
    const length = (text: string): number => Buffer.byteLength(text);
    const texts = ["é", "€", "𝄞"].map((value, at) => `{"op":"set","key":"${at}","value":"${value}"}`);
    const whole = length(`{"operations":[${texts.join(",")}]}`);
    for (const maxBytes of [whole + 1, whole]) {
      const world = new World({ maxBytes });
      const all = ["é", "€", "𝄞"].map((value, at) => world.set(String(at), value));
      await world.tick();
      const isTogether = maxBytes > whole;
      assert.deepEqual(world.sent.length, isTogether ? 1 : 2);
      for (const { request } of world.sent) assert.ok(length(request.body as string) <= maxBytes);
      for (const each of world.sent) await each.answer();
      await Promise.all(all);
      world.end();
    }
  },

  async "an operation that is longer than a body may be goes alone"() {
    const world = new World({ maxBytes: 100 });
    const all = [world.get("a"), world.set("b", "x".repeat(200)), world.get("c")];
    await world.tick();
    assert.deepEqual(world.names, [["get a"], ["set b"], ["get c"]]);
    for (const each of world.sent) await each.answer();
    await Promise.all(all);
    world.end();
  },

  async "nothing of a key overtakes a write of it, other keys do"() {
    const world = new World();
    const all = [world.set("a", 1)];
    await world.tick();
    all.push(world.set("a", 2), world.get("a"), world.get("b"));
    await world.tick();
    assert.deepEqual(world.names, [["set a"], ["get b"]]);
    await world.sent[1].answer();
    await world.tick();
    assert.equal(world.sent.length, 2);
    await world.sent[0].answer();
    await world.tick();
    assert.deepEqual(world.names[2], ["set a", "get a"]);
    await world.sent[2].answer();
    assert.deepEqual(await outcomes(all), ["a", "a", "a", "b"]);
    world.end();
  },

  async "a write waits for reads of its key, reads do not wait for reads"() {
    const world = new World();
    const all = [world.get("a")];
    await world.tick();
    all.push(world.entry("a"));
    await world.tick();
    assert.deepEqual(world.names, [["get a"], ["get a"]]);
    all.push(world.set("a"));
    await world.tick();
    assert.equal(world.sent.length, 2);
    await world.sent[0].answer();
    await world.tick();
    assert.equal(world.sent.length, 2);
    await world.sent[1].answer();
    await world.tick();
    assert.deepEqual(world.names[2], ["set a"]);
    await world.sent[2].answer();
    await Promise.all(all);
    world.end();
  },

  async "what follows a held operation is held behind it"() {
    const world = new World();
    const all = [world.get("a")];
    await world.tick();
    all.push(world.set("a"), world.entry("a"));
    await world.tick();
    assert.deepEqual(world.names, [["get a"]]);
    await world.sent[0].answer();
    await world.tick();
    assert.deepEqual(world.names[1], ["set a", "get a"]);
    await world.sent[1].answer();
    await Promise.all(all);
    world.end();
  },

  async "a full batch of one key is followed by the rest of it when it has been answered"() {
    const world = new World({ max: 2 });
    const all = [1, 2, 3, 4, 5].map(() => world.incr("n"));
    await world.tick();
    assert.deepEqual(world.names, [["incr n", "incr n"]]);
    await world.sent[0].answer();
    await world.tick();
    assert.deepEqual(world.names[1], ["incr n", "incr n"]);
    await world.sent[1].answer();
    await world.tick();
    assert.deepEqual(world.names[2], ["incr n"]);
    await world.sent[2].answer();
    await Promise.all(all);
    world.end();
  },

  async "a write that is awaited does not hold up the next one of its key"() {
    const world = new World();
    const done = (async () => {
      await world.set("a", 1);
      const next = world.set("a", 2);
      assert.equal(world.clock.pending, 0, "it is held");
      await next;
    })();
    done.catch(() => {}); // looked at below
    await world.tick();
    await world.sent[0].answer();
    await world.tick();
    await world.sent[1].answer();
    await done;
    world.end();
  },

  async "the same read is sent once, in a batch and while it is under way"() {
    const world = new World();
    const all = [world.get("a"), world.get("a")];
    await world.tick();
    world.clock.advance(100);
    all.push(world.get("a"));
    await world.tick();
    assert.deepEqual(world.names, [["get a"]]);
    assert.equal(world.batcher.shared, 2);
    await world.sent[0].answer();
    assert.deepEqual(await outcomes(all), ["a", "a", "a"]);
    all.push(world.get("a"));
    await world.tick();
    assert.equal(world.sent.length, 2);
    await world.sent[1].answer();
    world.end();
  },

  async "a read that left too long ago is not shared"() {
    const world = new World();
    const all = [world.get("a")];
    await world.tick();
    world.clock.advance(101);
    all.push(world.get("a"));
    await world.tick();
    assert.equal(world.sent.length, 2);
    all.push(world.get("a"));
    await world.tick();
    assert.equal(world.sent.length, 2);
    await world.sent[1].answer([{ value: "new" }]);
    await world.sent[0].answer([{ value: "old" }]);
    assert.deepEqual(await outcomes(all), ["old", "new", "new"]);
    world.end();
  },

  async "no read is shared across a write of its key, in one tick or later"() {
    const world = new World();
    const all = [world.get("a"), world.set("a", 2), world.get("a")];
    await world.tick();
    assert.deepEqual(world.names, [["get a", "set a", "get a"]]);
    const later = world.get("a");
    await world.tick();
    assert.equal(world.sent.length, 1);
    assert.equal(await outcomeOf(later), "open");
    await world.sent[0].answer([{ value: 1 }, { stored: true }, { value: 2 }]);
    assert.equal((await all[2]).value, 2);
    await world.tick();
    for (const each of world.sent.slice(1)) await each.answer([{ value: 2 }]);
    assert.equal((await later).value, 2);
    world.end();
  },

  async "a read that has to be fresh shares what has not left, and nothing else"() {
    const world = new World();
    const all = [world.get("a"), world.freshGet("a")];
    await world.tick();
    assert.deepEqual(world.names, [["get a"]]);
    all.push(world.freshGet("a"));
    await world.tick();
    assert.equal(world.sent.length, 2);
    for (const each of world.sent) await each.answer();
    await Promise.all(all);
    world.end();
  },

  async "an operation that is refused beforehand fails alone, and the rest is sent again in order"() {
    const world = new World();
    const all = [world.get("a"), world.set("bad"), world.get("b"), world.set("worse"), world.get("c")];
    await world.tick();
    await world.sent[0].refuse(400, { error: "no such key", code: "invalid_key", index: 1 });
    assert.equal(await outcomeOf(all[1]), "failed: STOWAGE_SERVER_REFUSED");
    await assert.rejects(all[1], /set "bad": http:\/\/fake answered 400: no such key/);
    assert.deepEqual(world.names[1], ["get a", "get b", "set worse", "get c"]);
    await world.sent[1].refuse(403, { error: "not yours", index: 2 });
    assert.deepEqual(world.names[2], ["get a", "get b", "get c"]);
    await world.sent[2].answer();
    const refused = "failed: STOWAGE_SERVER_REFUSED";
    assert.deepEqual(await outcomes(all), ["a", refused, "b", refused, "c"]);
    world.end();
  },

  async "a refusal that names no operation is narrowed down by halves"() {
    const world = new World();
    const all = ["a", "b", "large", "d"].map((key) => world.set(key));
    await world.tick();
    const tooLarge = { error: "the body is too large", code: "body_too_large" };
    await world.sent[0].refuse(413, tooLarge);
    assert.deepEqual(world.names[1], ["set a", "set b"]);
    await world.sent[1].answer();
    await world.sent[2].refuse(413, tooLarge);
    await world.sent[3].refuse(413, tooLarge);
    await world.sent[4].answer();
    assert.deepEqual(world.names.slice(2), [["set large", "set d"], ["set large"], ["set d"]]);
    assert.deepEqual(await outcomes(all), ["a", "b", "failed: STOWAGE_SERVER_REFUSED", "d"]);
    world.end();
  },

  async "a refusal that is about all of them fails all of them"() {
    const world = new World();
    const all = [world.get("a"), world.get("b")];
    await world.tick();
    await world.sent[0].refuse(401, { error: "Unauthorized", message: "no token" });
    await assert.rejects(
      all[0],
      /a batch of 2 operations: .* answered 401: Unauthorized: no token.*STOWAGE_TOKEN/,
    );
    assert.equal(await outcomeOf(all[1]), "failed: STOWAGE_SERVER_REFUSED");
    assert.equal(world.sent.length, 1);
    world.end();
  },

  async "faults of single operations are results"() {
    const world = new World();
    const all = [world.incr("a"), world.incr("b")];
    await world.tick();
    await world.sent[0].answer([{ error: "not a number", code: "non_numeric_value" }, { value: 2 }]);
    assert.deepEqual(await Promise.all(all), [
      { error: "not a number", code: "non_numeric_value" },
      { value: 2 },
    ]);
    world.end();
  },

  async "an answer that is none fails all of them"() {
    const answers = [
      "",
      "{}",
      "null",
      '{"results":[{"value":1}]}',
      '{"results":[1,2]}',
      "<html>",
      '{"results":{}}',
    ];
    for (const text of answers) {
      const world = new World({ send: async () => responseOf(200, text) });
      const all = [world.get("a"), world.get("b")];
      await world.tick();
      const refused = "failed: STOWAGE_SERVER_REFUSED";
      assert.deepEqual(await outcomes(all), [refused, refused], text);
      world.end();
    }
  },

  async "a request may be repeated if all of its operations may"() {
    const world = new World();
    const all = [world.get("a"), world.set("b")];
    await world.tick();
    all.push(world.incr("c"), world.get("d"));
    await world.tick();
    assert.deepEqual(
      world.sent.map(({ request }) => request.isRepeatable),
      [true, false],
    );
    for (const each of world.sent) await each.answer();
    await Promise.all(all);
    world.end();
  },

  async "of a mixed batch that failed, what can be repeated is, and the rest fails"() {
    const world = new World();
    const all = [world.get("a"), world.incr("n"), world.set("b")];
    await world.tick();
    await world.sent[0].fail();
    assert.deepEqual(world.names[1], ["get a", "set b"]);
    assert.equal(world.sent[1].request.isRepeatable, true);
    assert.deepEqual(await outcomes(all), ["open", "failed: STOWAGE_SERVER_UNAVAILABLE", "open"]);
    await world.sent[1].fail();
    assert.equal(await outcomeOf(all[0]), "failed: STOWAGE_SERVER_UNAVAILABLE");
    assert.equal(world.sent.length, 2);
    world.end();
  },

  async "a batch that failed otherwise is not sent again"() {
    const world = new World();
    const all = [world.get("a"), world.incr("n")];
    await world.tick();
    await world.sent[0].fail(new TypeError("other"));
    assert.deepEqual(await outcomes(all), ["failed: TypeError", "failed: TypeError"]);
    assert.equal(world.sent.length, 1);
    world.end();
  },

  async "after a write failed, what waited for it is sent"() {
    const world = new World();
    const all = [world.set("a")];
    await world.tick();
    all.push(world.get("a"));
    await world.sent[0].fail();
    await world.tick();
    assert.deepEqual(world.names[1], ["get a"]);
    await world.sent[1].answer();
    assert.deepEqual(await outcomes(all), ["failed: STOWAGE_SERVER_UNAVAILABLE", "a"]);
    world.end();
  },

  async "a caller who gives up before it left spares it"() {
    const world = new World();
    const controller = new AbortController();
    const all = [world.set("a", 1, { signal: controller.signal }), world.get("b")];
    controller.abort();
    await world.tick();
    assert.deepEqual(world.names, [["get b"]]);
    await world.sent[0].answer();
    assert.deepEqual(await outcomes(all), ["failed: AbortError", "b"]);
    assert.equal(await outcomeOf(world.get("a", { signal: controller.signal })), "failed: AbortError");
    world.end();
  },

  async "a batch of which everybody gave up before it left is not sent"() {
    const world = new World();
    const controller = new AbortController();
    const given = world.get("a", { signal: controller.signal });
    controller.abort();
    await world.tick();
    assert.equal(world.sent.length, 0);
    assert.equal(await outcomeOf(given), "failed: AbortError");
    const again = world.set("a");
    await world.tick();
    await world.sent[0].answer();
    await again;
    world.end();
  },

  async "a request that nobody waits for any more is given up"() {
    const world = new World();
    const [one, two] = [new AbortController(), new AbortController()];
    const all = [world.get("a", { signal: one.signal }), world.get("b", { signal: two.signal })];
    await world.tick();
    one.abort();
    assert.equal(world.sent[0].options.signal?.aborted, false);
    two.abort();
    assert.equal(world.sent[0].options.signal?.aborted, true);
    assert.deepEqual(await outcomes(all), ["failed: AbortError", "failed: AbortError"]);
    world.end();
  },

  async "one who gives up a shared read leaves it to the others"() {
    const world = new World();
    const controller = new AbortController();
    const all = [world.get("a", { signal: controller.signal }), world.get("a")];
    await world.tick();
    controller.abort();
    assert.notEqual(world.sent[0].options.signal?.aborted, true);
    await world.sent[0].answer();
    assert.deepEqual(await outcomes(all), ["failed: AbortError", "a"]);

    const another = new AbortController();
    const early = [world.get("b", { signal: another.signal }), world.get("b")];
    another.abort();
    await world.tick();
    await world.sent[1].answer();
    assert.deepEqual(await outcomes(early), ["failed: AbortError", "b"]);
    world.end();
  },

  async "a read that everybody gave up is not shared"() {
    const world = new World();
    const controller = new AbortController();
    const given = world.get("a", { signal: controller.signal });
    controller.abort();
    const next = world.get("a");
    await world.tick();
    assert.deepEqual(world.names, [["get a"]]);
    await world.sent[0].answer();
    assert.deepEqual(await outcomes([given, next]), ["failed: AbortError", "a"]);
    world.end();
  },

  async "a batch has until the deadline of its first call"() {
    const world = new World({ max: 2 });
    const all = [world.get("a")];
    world.clock.advance(30);
    await world.tick();
    assert.equal(world.sent[0].options.timeoutMs, 4_970);
    await world.sent[0].refuse(400, { error: "no", index: 0 });
    all.push(world.get("b", { timeoutMs: 70 }), world.get("c"));
    await world.tick();
    assert.deepEqual(
      world.sent.slice(1).map(({ names, options }) => [...names, options.timeoutMs]),
      [
        ["get b", 70],
        ["get c", 5_000],
      ],
    );
    world.clock.advance(60);
    await world.sent[1].answer();
    await world.sent[2].answer();
    await outcomes(all);
    world.end();
  },

  async "an operation that is held has until its own deadline"() {
    const world = new World();
    const all = [world.set("a"), world.get("b")];
    await world.tick();
    all.push(world.get("a", { timeoutMs: 40 }), world.get("a"));
    world.clock.advance(40);
    assert.deepEqual(await outcomes(all.slice(2)), ["failed: STOWAGE_REQUEST_TIMEOUT", "open"]);
    await world.sent[0].answer();
    await world.tick();
    assert.deepEqual(world.names[1], ["get a"]);
    await world.sent[1].answer();
    assert.deepEqual(await outcomes(all.slice(3)), ["a"]);
    world.end();
  },

  async "no more is pending than may be"() {
    const world = new World({ maxPending: 2 });
    const all = [world.get("a"), world.set("b")];
    const shared = world.get("a");
    const [over] = await outcomes([world.get("c")]);
    assert.equal(over, "failed: STOWAGE_TOO_MANY_PENDING");
    await world.tick();
    assert.equal(await outcomeOf(world.set("b")), "failed: STOWAGE_TOO_MANY_PENDING");
    await world.sent[0].answer();
    all.push(world.get("c"), shared);
    await world.tick();
    await world.sent[1].answer();
    assert.deepEqual(await outcomes(all), ["a", "b", "c", "a"]);
    world.end();
  },

  async "while all slots are taken, the next batch fills"() {
    const world = new World({ concurrency: 1 });
    const all = [world.get("a")];
    await world.tick();
    for (const key of ["b", "c", "d"]) {
      all.push(world.get(key));
      await world.tick();
    }
    assert.deepEqual(world.names, [["get a"]]);
    await world.sent[0].answer();
    assert.deepEqual(world.names[1], ["get b", "get c", "get d"]);
    await world.sent[1].answer();
    assert.deepEqual(await outcomes(all), ["a", "b", "c", "d"]);
    world.end();
  },

  async "full batches wait for slots in order"() {
    const world = new World({ concurrency: 1, max: 1 });
    const all = ["a", "b", "c"].map((key) => world.get(key));
    await world.tick();
    assert.deepEqual(world.names, [["get a"]]);
    await world.sent[0].answer();
    await world.sent[1].answer();
    await world.sent[2].answer();
    assert.deepEqual(world.names, [["get a"], ["get b"], ["get c"]]);
    await Promise.all(all);
    world.end();
  },

  async "what waits for a slot has until its deadline"() {
    const world = new World({ concurrency: 1, max: 2 });
    const first = world.get("a", { timeoutMs: 9_000 });
    await world.tick();
    const waiting = ["b", "c", "d"].map((key) => world.set(key));
    await world.tick();
    world.clock.advance(4_999);
    assert.deepEqual(await outcomes(waiting), ["open", "open", "open"]);
    world.clock.advance(1);
    const late = "failed: STOWAGE_REQUEST_TIMEOUT";
    assert.deepEqual(await outcomes(waiting), [late, late, late]);
    const again = world.set("b");
    await world.sent[0].answer();
    await world.tick();
    await world.sent[1].answer();
    assert.deepEqual(await outcomes([first, again]), ["a", "b"]);
    world.end();
  },

  async "closed, it fails what has not been sent, and whatever comes"() {
    const world = new World({ concurrency: 1, max: 1 });
    const sent = world.set("a");
    await world.tick();
    const waiting = [world.get("a"), world.get("b"), world.get("c")];
    world.batcher.close(new RangeError("closed"));
    const failed = "failed: RangeError";
    assert.deepEqual(await outcomes(waiting), [failed, failed, failed]);
    assert.equal(await outcomeOf(world.get("d")), "failed: STOWAGE_CLOSED");
    assert.equal(await outcomeOf(sent), "open");
    await world.sent[0].answer();
    await world.tick();
    assert.equal(await outcomeOf(sent), "a");
    assert.equal(world.sent.length, 1);
    world.end();
  },
};

export type { OperationResult };
