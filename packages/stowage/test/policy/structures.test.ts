/** The structures under the policies: chunked arrays, slot lists, the ghost queue; and the bounds on scans. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPolicy, type PolicyName, policyNames } from "../../src/cache/policy/create.js";
import { GhostQueue } from "../../src/cache/policy/ghost-queue.js";
import { SlotLinks, SlotList, verifySlots } from "../../src/cache/policy/slot-list.js";
import { growChunks, SlotBytes, SlotInts } from "../../src/cache/store/chunks.js";

describe("chunks", () => {
  it("keep what they hold while they grow", () => {
    const bytes = new SlotBytes();
    const ints = new SlotInts();
    for (let slot = 0; slot < 140_000; slot++) {
      bytes.reserve(slot + 1);
      ints.reserve(slot + 1);
      bytes.set(slot, slot % 251);
      ints.set(slot, 7 - slot);
    }
    for (let slot = 0; slot < 140_000; slot += 13) {
      expect(bytes.get(slot)).toBe(slot % 251);
      expect(ints.get(slot)).toBe(7 - slot);
    }
  });

  it("start small and never copy more than one chunk", () => {
    const chunks: Int32Array[] = [];
    growChunks(chunks, 3, Int32Array);
    expect(chunks.map((chunk) => chunk.length)).toEqual([16]);
    growChunks(chunks, 40_000, Int32Array);
    expect(chunks.map((chunk) => chunk.length)).toEqual([65_536]);
    const [first] = chunks;
    growChunks(chunks, 200_000, Int32Array);
    expect(chunks).toHaveLength(4);
    expect(chunks[0]).toBe(first);
    growChunks(chunks, 10, Int32Array);
    expect(chunks).toHaveLength(4);
  });
});

describe("verifySlots", () => {
  function threeSlots(): { list: SlotList; links: SlotLinks } {
    const links = new SlotLinks();
    links.reserve(10);
    const list = new SlotList(links);
    for (const slot of [1, 2, 3]) list.addNewest(slot);
    return { list, links };
  }

  it("accepts a sound list", () => {
    expect(() => verifySlots([3, 1, 2], threeSlots().list)).not.toThrow();
  });

  const harms: Record<string, [harm: (links: SlotLinks) => void, message: string]> = {
    "a link that does not come back": [(links) => links.setOlder(2, 7), "does not link back"],
    "a ring": [
      (links) => {
        links.setNewer(3, 1);
        links.setOlder(1, 3);
      },
      "does not link back",
    ],
    "a list cut short": [(links) => links.setNewer(2, -1), "newest slot is 2"],
  };

  it.each(Object.entries(harms))("finds %s", (_what, [harm, message]) => {
    const { list, links } = threeSlots();
    harm(links);
    expect(() => verifySlots([1, 2, 3], list)).toThrow(message);
  });
});

describe("the ghost queue", () => {
  it("holds the last hashes, like an array of them", () => {
    const call = fc.record({ take: fc.boolean(), hash: fc.integer({ min: -8, max: 8 }), max: fc.nat(10) });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 200, size: "max" }), (calls) => {
        const ghost = new GhostQueue();
        let model: number[] = [];
        for (const { take, hash, max } of calls) {
          const known = model.includes(hash);
          model = model.filter((one) => one !== hash);
          if (take) expect(ghost.take(hash)).toBe(known);
          else {
            ghost.add(hash, max);
            model = model.slice(Math.min(2, Math.max(0, model.length + 1 - max)));
            if (max > 0) model.push(hash);
          }
          ghost.verify();
          expect(ghost.length).toBe(model.length);
        }
        for (const hash of model) expect(ghost.take(hash)).toBe(true);
        expect(ghost.length).toBe(0);
      }),
    );
  });

  it("splits its buckets as it grows, and loses nothing", () => {
    const ghost = new GhostQueue();
    for (let hash = 0; hash < 5_000; hash++) ghost.add(Math.imul(hash, 0x85ebca6b), 4_000);
    ghost.verify();
    expect(ghost.length).toBe(4_000);
    for (let hash = 0; hash < 5_000; hash++)
      expect(ghost.take(Math.imul(hash, 0x85ebca6b))).toBe(hash >= 1_000);
  });

  it("takes signed and unsigned hashes for the same", () => {
    const ghost = new GhostQueue();
    ghost.add(0xffffffff, 10);
    expect(ghost.take(-1)).toBe(true);
  });
});

describe("a scan for a victim is bounded", () => {
  /** A scan of all of them, each hot, would end where it began: at the first slot that was added. */
  it.each(["sieve", "s3-fifo"] satisfies PolicyName[])("%s", (name) => {
    const policy = createPolicy(name);
    policy.resize(5_000);
    policy.reserve(5_000);
    for (let slot = 0; slot < 5_000; slot++) policy.added(slot, slot);
    for (let use = 0; use < 3; use++) for (let slot = 0; slot < 5_000; slot++) policy.hit(slot);
    expect(policy.victim()).toBe(1_024);
  });
});

describe("createPolicy", () => {
  it("makes every policy under its own name", () => {
    for (const name of policyNames) expect(createPolicy(name).name).toBe(name);
  });

  it("refuses an unknown name with a suggestion", () => {
    expect(() => createPolicy("s3fifo" as PolicyName)).toThrow("did you mean s3-fifo?");
    expect(() => createPolicy("toString" as PolicyName)).toThrow(
      "one of w-tinylfu, lru, lrw, fifo, sieve, s3-fifo, none",
    );
  });

  it("refuses an unknown option by name", () => {
    expect(() => createPolicy("lru", { randm: Math.random } as object)).toThrow("random");
  });
});
