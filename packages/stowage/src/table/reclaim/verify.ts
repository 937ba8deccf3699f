/** Asserts what reclaim relies on, over the whole table. Called under the reclaim lock, while nobody writes. */
import { assert } from "../../base/assert.js";
import * as moves from "../directory/moves.js";
import { isDead, isTimed, wordAt, wordsOf } from "../log/items.js";
import { takeItemKey } from "../log/jumbo.js";
import * as segments from "../log/segments.js";
import { forEachItem } from "../log/walk.js";
import {
  DEADLINE_UNIT_MS,
  S_EARLIEST,
  S_LOG,
  SEGMENT_CHAINED,
  SEGMENT_FREE,
  SEGMENT_OPEN,
  SEGMENT_WORD_BITS,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { deadlineAt } from "./item.js";
import { cursorOf } from "./order.js";
import { RECLAIM_OWNER } from "./own-segments.js";
import { CLEANED, OPEN_SEGMENTS, OPENS, POLICY_NOW, POLICY_SHARE, VISITED } from "./words.js";

export function verifyReclaim(t: TableState): void {
  verifyPolicy(t);
  verifyOpenSegments(t);
  for (let segment = 0; segment < segments.highWater(t); segment++) {
    const state = segments.stateOf(t, segment);
    if (state !== SEGMENT_FREE && state !== SEGMENT_CHAINED) verifySegment(t, segment);
  }
}

function verifyPolicy(t: TableState): void {
  const share = t.controlDoubles[POLICY_SHARE];
  assert(share === 0 || (share >= 0.01 && share <= 0.99), `the window's share is ${share}`);
  const now = t.control[POLICY_NOW];
  assert(now >= 0 && now <= 0xffff, `the policy's time is ${now}`);
}

/** The words and the owners name the same segments, each open and of its log. */
function verifyOpenSegments(t: TableState): void {
  const named = new Set<number>();
  for (let place = 0; place < OPENS; place++) {
    const segment = t.control[OPEN_SEGMENTS + place] - 1;
    if (segment < 0) continue;
    assert(!named.has(segment), `segment ${segment} is reclaim's twice`);
    named.add(segment);
    const at = segment << SEGMENT_WORD_BITS;
    assert(t.segments[at + S_LOG] === place % CLEANED, `reclaim's segment ${segment} is of the other log`);
    assert(segments.stateOf(t, segment) === SEGMENT_OPEN, `reclaim's segment ${segment} is not open`);
  }
  for (let segment = 0; segment < segments.highWater(t); segment++) {
    const isOwn = segments.ownerOf(t, segment) === RECLAIM_OWNER;
    assert(isOwn === named.has(segment), `segment ${segment} and reclaim's words disagree`);
  }
}

/** What is behind the cursor is dead, nothing expires before EARLIEST, LIVE is what is linked. */
function verifySegment(t: TableState, segment: number): void {
  const cursor = cursorOf(t, segment);
  const earliest = t.segments[(segment << SEGMENT_WORD_BITS) + S_EARLIEST] * DEADLINE_UNIT_MS;
  const isVisited = t.control[VISITED] === segment + 1;
  let live = 0;
  let offset = 0;
  const end = forEachItem(t, segment, 0, (location, bytes) => {
    const words = wordsOf(t, location);
    const at = wordAt(location);
    offset = (location << 3) & (t.segmentBytes - 1);
    if (isDead(words, at)) return true;
    takeItemKey(t, location, t.itemKey);
    assert(moves.isLinked(t, t.itemKey.h1, location), `the item at ${location} is neither linked nor dead`);
    assert(offset >= cursor, `the item at ${location} was passed and lives`);
    const deadline = isTimed(words, at) ? deadlineAt(t, location, words, at) : Number.POSITIVE_INFINITY;
    if (deadline < Number.POSITIVE_INFINITY && !isVisited) {
      assert(
        earliest > 0 && earliest <= deadline,
        `the item at ${location} expires before its segment's EARLIEST`,
      );
    }
    live += bytes;
    return true;
  });
  assert(cursor <= end, `the cursor of segment ${segment} is beyond its end`);
  const counted = segments.liveBytes(t, segment);
  assert(
    segments.nextOf(t, segment) >= 0 || counted === live,
    `segment ${segment} has ${live} live bytes, not ${counted}`,
  );
}
