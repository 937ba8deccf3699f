/** The scenes and the model fail on batchers that break a promise: one edit of the sources each. */
import { describe, expect, it } from "vitest";
import { broken, type Edit } from "../support/mutants.js";

interface Suites {
  readonly scenes: typeof import("./scenes.js").scenes;
  readonly checkModel: typeof import("./model.js").checkModel;
}

/** The model finds it; or else the scene of this name does. */
const model = Symbol("the model");

const mutants: readonly [name: string, foundBy: string | typeof model, edit: Edit][] = [
  ["lets reads overtake writes", model, edit("lane.ts", "this.sentWrites > 0 || ", "")],
  ["lets writes overtake reads", model, edit("lane.ts", " || (!isRead && this.sentReads > 0)", "")],
  [
    "lets what comes later overtake what is held",
    "what follows a held operation is held behind it",
    edit("lane.ts", "this.held.length > 0 || ", ""),
  ],
  [
    "shares reads across writes",
    model,
    edit("lane.ts", "else if (this.#reads.length > 0) this.#reads = [];", ""),
  ],
  [
    "shares reads however old they are",
    "a read that left too long ago is not shared",
    edit(
      "lane.ts",
      "operation.isFresh !== true && read.sentAtMs >= sentSinceMs()",
      "operation.isFresh !== true",
    ),
  ],
  [
    "takes what is under way for fresh",
    "a read that has to be fresh shares what has not left, and nothing else",
    edit("lane.ts", "operation.isFresh !== true && ", ""),
  ],
  [
    "shares reads that were given up",
    "a read that everybody gave up is not shared",
    edit("lane.ts", " || read.isDropped", ""),
  ],
  ["shares reads of any kind", model, edit("lane.ts", "read.operation.text !== operation.text || ", "")],
  [
    "gives answers out the wrong way round",
    model,
    edit("delivery.ts", "results[at])", "results[results.length - 1 - at])"),
  ],
  [
    "never releases what is held",
    "nothing of a key overtakes a write of it, other keys do",
    edit("batcher.ts", "    this.#release(item.lane);\n", ""),
  ],
  [
    "counts nothing as done",
    "no more is pending than may be",
    edit("batcher.ts", "    this.#pending--;\n", ""),
  ],
  [
    "has no bound",
    "no more is pending than may be",
    edit("batcher.ts", "this.#pending >= this.#options.maxPending", "false"),
  ],
  ["is never full", "a full batch leaves at once", edit("outbox.ts", "open.items.length < max &&", "")],
  [
    "counts characters for bytes",
    "a body is as long as it may be, in bytes",
    edit("outbox.ts", "utf8Length(text) + 1", "text.length + 1"),
  ],
  [
    "gives one deadline to all",
    "a batch has until the deadline of its first call",
    edit("outbox.ts", "open.timeoutMs === timeoutMs &&", ""),
  ],
  [
    "counts the deadline from when a request leaves",
    "a batch has until the deadline of its first call",
    edit("delivery.ts", "deadlineMs - parts.clock.now()", "all[0].timeoutMs"),
  ],
  [
    "lets held operations wait for ever",
    "an operation that is held has until its own deadline",
    edit("pending.ts", "this.#timer = this.clock.setTimer(", "this.#timer = (() => ({}))("),
  ],
  [
    "lets waiting batches wait for ever",
    "what waits for a slot has until its deadline",
    edit("outbox.ts", "batch.timer ??= clock.setTimer(", "batch.timer ??= (() => ({}))("),
  ],
  [
    "has as many slots as it wants",
    "while all slots are taken, the next batch fills",
    edit("outbox.ts", "this.#underWay < this.#options.concurrency", "true"),
  ],
  [
    "forgets batches that wait for a slot",
    "full batches wait for slots in order",
    edit("outbox.ts", "if (next !== undefined) void this.#send(next);\n      else ", ""),
  ],
  [
    "fails neighbours of what is refused",
    "an operation that is refused beforehand fails alone, and the rest is sent again in order",
    edit("delivery.ts", "items.length === 1 || isAboutAll(response.status)", "true"),
  ],
  [
    "sends again what was refused",
    "a refusal that is about all of them fails all of them",
    edit("delivery.ts", "status === 401 || ", ""),
  ],
  [
    "says that any request may be repeated",
    "a request may be repeated if all of its operations may",
    edit("delivery.ts", "isRepeatable &&= item.operation.isRepeatable;", ""),
  ],
  [
    "repeats what must not be repeated",
    "of a mixed batch that failed, what can be repeated is, and the rest fails",
    edit("delivery.ts", "items.filter((item) => item.operation.isRepeatable)", "items.slice(0, -1)"),
  ],
  [
    "repeats after any failure",
    "a batch that failed otherwise is not sent again",
    edit("delivery.ts", "error instanceof ServerUnavailableError && ", ""),
  ],
  [
    "takes any list for results",
    "an answer that is none fails all of them",
    edit(
      "../wire/batch-body.ts",
      "!Array.isArray(results) || results.length !== count",
      "!Array.isArray(results)",
    ),
  ],
  [
    "sends what was given up",
    "a caller who gives up before it left spares it",
    edit("delivery.ts", "if (!all.some((item) => item.isDropped)) return all;", "return all;"),
  ],
  [
    "gives a request up as soon as one caller does",
    "a request that nobody waits for any more is given up",
    edit("delivery.ts", "if (--left === 0) controller.abort();", "controller.abort();"),
  ],
  [
    "never gives a request up",
    "a request that nobody waits for any more is given up",
    edit("delivery.ts", "if (--left === 0) controller.abort();", ""),
  ],
  [
    "gives up for all what one caller gives up",
    "one who gives up a shared read leaves it to the others",
    edit("pending.ts", "--this.#callers > 0 || this.#hasPatientCaller", "--this.#callers > 0"),
  ],
  [
    "goes on after it was closed",
    "closed, it fails what has not been sent, and whatever comes",
    edit("batcher.ts", "if (this.#isClosed)", "if (false)"),
  ],
  [
    "tells callers before their key is free",
    "a write that is awaited does not hold up the next one of its key",
    edit(
      "delivery.ts",
      "      parts.onDone(items[at]);\n      items[at].resolve(results[at]);",
      "      items[at].resolve(results[at]);\n      setTimeout(() => parts.onDone(items[at]), 1);",
    ),
  ],
];

function edit(file: string, find: string, replace: string): Edit {
  return { file: file.startsWith("../") ? file.slice(3) : `batch/${file}`, find, replace };
}

describe("the suites find a batcher that", () => {
  for (const [name, foundBy, change] of mutants)
    it(name, async () => {
      const suites = await broken<Suites>(new URL("./suites.ts", import.meta.url), change);
      await expect(
        foundBy === model ? suites.checkModel(1_000, 1) : within(suites.scenes[foundBy as string]),
      ).rejects.toThrow();
    });
});

/** One that hangs has failed as well. */
function within(scene: () => Promise<void>): Promise<void> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error("it hangs")), 2_000));
  return Promise.race([scene(), late]);
}
