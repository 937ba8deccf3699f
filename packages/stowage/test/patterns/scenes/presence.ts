/** Presence: the same answers from memory and from Redis. */
import { Presence } from "../../../src/patterns/index.js";
import { between, identical, ok, rejects, same } from "../../../src/testing/check.js";
import { type Scenes, scenes } from "../../support/scenes.js";
import type { Place } from "./place.js";

const AWAY_MS = 200;

export function presenceScenes(place: Place): Scenes {
  const open = (max = 100) => new Presence({ name: place.room(), away: AWAY_MS, max, ...place.options });

  return scenes((group, scene) => {
    group("presence", () => {
      scene("is of those who were seen, the last first", async () => {
        const room = open();
        same([await room.seen("ada"), await room.seen("bob")], [true, true]);
        await place.advance(5);
        identical(await room.seen("ada"), false);
        same(await room.list(), ["ada", "bob"]);
        same(await room.list(1), ["ada"]);
        same([await room.count(), await room.has("bob"), await room.has("eve")], [2, true, false]);
        await room.close();
      });

      scene("ends when it was not renewed, and when somebody leaves", async () => {
        const room = open();
        for (const member of ["ada", "bob", "eve"]) await room.seen(member);
        same([await room.leave("eve"), await room.leave("eve")], [true, false]);
        await place.advance(AWAY_MS / 2);
        await room.seen("ada");
        between((await room.age("bob")) ?? -1, AWAY_MS / 2, AWAY_MS, "age");
        ok(((await room.age("ada")) ?? -1) < AWAY_MS / 2, "of one that was just seen");
        await place.advance(AWAY_MS / 2);
        same([await room.list(), await room.age("bob"), await room.count()], [["ada"], undefined, 1]);
        identical(await room.seen("bob"), true, "anew");
        await place.advance(AWAY_MS);
        same([await room.count(), await room.list(), await room.leave("ada")], [0, [], false]);
        await room.close();
      });

      scene("is bounded: who was not seen for longest goes", async () => {
        const room = open(2);
        for (const member of ["ada", "bob", "ada", "eve"]) {
          await room.seen(member);
          await place.advance(2);
        }
        same(await room.list(), ["eve", "ada"]);
        await room.clear();
        identical(await room.count(), 0);
        await room.close();
      });

      scene("refuses what is no member", async () => {
        const room = open();
        await rejects(room.seen(1 as unknown as string), "InvalidArgumentError");
        await rejects(room.list(0), "InvalidArgumentError");
        await room.close();
      });
    });
  });
}
