/** Leaderboards: the same answers from memory and from Redis. */
import fc from "fast-check";
import { Leaderboard, type LeaderboardOptions } from "../../../src/patterns/index.js";
import { identical, rejects, same, throws } from "../../../src/testing/check.js";
import { type Scenes, scenes } from "../../support/scenes.js";
import type { Place } from "./place.js";

/** The naive board: a list, sorted whenever it is looked at. */
class NaiveBoard {
  readonly scores = new Map<string, number>();

  constructor(
    readonly best: "highest" | "lowest",
    readonly max: number,
  ) {}

  order(): { member: string; score: number; rank: number }[] {
    const sign = this.best === "highest" ? -1 : 1;
    const all = [...this.scores].map(([member, score]) => ({ member, score }));
    all.sort(
      (a, b) => sign * (a.score - b.score || Buffer.compare(Buffer.from(a.member), Buffer.from(b.member))),
    );
    return all.map((each, index) => ({ ...each, rank: index + 1 }));
  }

  put(member: string, score: number): void {
    this.scores.set(member, score);
    for (const { member: last } of this.order().slice(this.max)) this.scores.delete(last);
  }
}

const members = ["a", "b", "é", "\u{1f600}", "\uffff", "", "a\0", "10"];
const scores = [0, -0, 1, -1, 0.1, 1.5, 1e21, -1e-9, 2 ** 53, 12_345_678.912_345];
type Step = readonly [verb: "set" | "submit" | "add" | "remove" | "look", member: number, score: number];

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom("set", "submit", "add", "remove", "look"),
    fc.nat(members.length - 1),
    fc.nat(scores.length - 1),
  ),
  { minLength: 10, maxLength: 40 },
);

async function apply(board: Leaderboard, naive: NaiveBoard, [verb, at, score]: Step): Promise<void> {
  const member = members[at];
  const number = scores[score] + 0;
  const old = naive.scores.get(member);
  if (verb === "remove") {
    identical(await board.remove(member), naive.scores.delete(member) ? 1 : 0);
  } else if (verb === "look") {
    const place = naive.order().findIndex((each) => each.member === member);
    const around = naive.order().slice(Math.max(0, place - 2), place + 3);
    same(await board.around(member, 2), place < 0 ? undefined : around);
    same(
      await board.get(member),
      naive.order().find((each) => each.member === member),
    );
  } else if (verb === "add") {
    identical(await board.add(member, number), (old ?? 0) + number);
    naive.put(member, (old ?? 0) + number);
  } else {
    const isBetter = old === undefined || (naive.best === "highest" ? number > old : number < old);
    if (verb === "submit") identical(await board.submit(member, number), isBetter);
    else await board.set(member, number);
    if (verb === "set" || isBetter) naive.put(member, number);
  }
  same(await board.top(20), naive.order(), verb);
}

export function leaderboardScenes(place: Place): Scenes {
  const open = (options: LeaderboardOptions = {}) =>
    new Leaderboard({ name: place.room(), ...place.options, ...options });

  return scenes((group, scene) => {
    group("a leaderboard", () => {
      scene("ranks by score, best first", async () => {
        const board = open();
        await board.set("ada", 10);
        await board.set("bob", 30);
        await board.set("eve", 20);
        same(await board.top(2), [
          { member: "bob", score: 30, rank: 1 },
          { member: "eve", score: 20, rank: 2 },
        ]);
        same(await board.top(5, 3), [{ member: "ada", score: 10, rank: 3 }]);
        same(await board.get("ada"), { member: "ada", score: 10, rank: 3 });
        same([await board.get("nobody"), await board.around("nobody", 1)], [undefined, undefined]);
        identical(await board.size(), 3);
        await board.close();
      });

      scene("adds, replaces, and keeps the best where that is asked for", async () => {
        const board = open({ best: "lowest" });
        same([await board.add("ada", 1.5), await board.add("ada", -2)], [1.5, -0.5]);
        same(
          [await board.submit("ada", 3), await board.submit("ada", -3), await board.submit("ada", -3)],
          [false, true, false],
        );
        await board.set("ada", 100);
        identical((await board.get("ada"))?.score, 100);
        await board.close();
      });

      scene("is empty when it is cleared", async () => {
        const board = open();
        await board.set("ada", 1);
        await board.clear();
        same(
          [await board.size(), await board.top(1), await board.remove("ada"), await board.remove()],
          [0, [], 0, 0],
        );
        await board.close();
      });

      scene("refuses what is no member and no score", async () => {
        const board = open();
        for (const member of [undefined, 1, "\ud800"])
          await rejects(board.set(member as string, 1), "InvalidArgumentError");
        for (const score of [Number.NaN, Number.POSITIVE_INFINITY, "1"])
          await rejects(board.set("a", score as number), "InvalidArgumentError");
        await rejects(board.top(0), "InvalidArgumentError");
        throws(() => open({ max: 0 }), "InvalidOptionError");
        identical(await board.size(), 0);
        await board.close();
      });

      for (const best of ["highest", "lowest"] as const) {
        for (const max of [3, Number.POSITIVE_INFINITY]) {
          scene(`is that of a naive list: ${best}, ${max} at most`, () =>
            fc.assert(
              fc.asyncProperty(steps, async (all) => {
                const board = open({ best, max });
                const naive = new NaiveBoard(best, max);
                for (const step of all) await apply(board, naive, step);
                await board.close();
              }),
              { numRuns: place.isExact ? 30 : 8 },
            ),
          );
        }
      }
    });
  });
}
