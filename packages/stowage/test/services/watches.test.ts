/** Who is told of writes: watches of keys and of all keys, against a naive list, and that none is left over. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Watch, Watches, type WatchOfAll } from "../../src/cache/services/watches.js";

const key = fc.nat(4);
const step = fc.oneof(
  fc.record({ do: fc.constantFrom("watch", "mark"), key }),
  fc.record({ do: fc.constantFrom("watch all", "mark all"), key: fc.constant(0) }),
  fc.record({ do: fc.constantFrom("leave", "leave twice"), key: fc.nat() }),
);

/** What a watch should have been told. */
type Told =
  | { key: number; overtaken: boolean; watch: Watch }
  | { keys: Set<number>; all: boolean; watch: WatchOfAll };

function mark(told: readonly Told[], marked: number | "all"): void {
  for (const each of told) {
    if ("key" in each) each.overtaken ||= marked === "all" || each.key === marked;
    else if (marked === "all") each.all = true;
    else each.keys.add(marked);
  }
}

function leave(watches: Watches, told: Told): void {
  if ("key" in told) watches.remove(told.key, told.watch);
  else watches.removeOfAll(told.watch);
}

describe("watches", () => {
  it("are told of each write of theirs while they are there, and counted", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const watches = new Watches();
        const told: Told[] = [];
        for (const { do: what, key: at } of steps) {
          if (what === "watch") told.push({ key: at, overtaken: false, watch: watches.add(at) });
          else if (what === "watch all")
            told.push({ keys: new Set(), all: false, watch: watches.addOfAll() });
          else if (what === "mark") {
            watches.mark(at);
            mark(told, at);
          } else if (what === "mark all") {
            watches.markAll();
            mark(told, "all");
          } else if (told.length > 0) {
            const [left] = told.splice(at % told.length, 1);
            leave(watches, left);
            if (what === "leave twice") leave(watches, left);
          }
          expect(watches.size).toBe(told.length);
          for (const each of told) {
            if ("key" in each) expect(each.watch.overtaken).toBe(each.overtaken);
            else
              for (let n = 0; n < 5; n++) expect(each.watch.overtook(n)).toBe(each.all || each.keys.has(n));
          }
        }
        for (const each of told.splice(0)) leave(watches, each);
        expect(watches.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
