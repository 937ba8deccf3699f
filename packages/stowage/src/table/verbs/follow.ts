/** follow. */
import { InvalidOptionError } from "../../base/errors.js";
import { RingFollower } from "../feed/follower.js";
import type { TableState } from "../state.js";
import type { Follower, FollowOptions } from "../types.js";

export function follow(t: TableState, options: FollowOptions | undefined): Follower {
  if (t.ring === undefined)
    throw InvalidOptionError.conflict(
      "follow",
      ["feed"],
      "the table was made without a feed; leave out feed: 0",
    );
  return new RingFollower(t.ring, t.timekeeper.clock, options);
}
