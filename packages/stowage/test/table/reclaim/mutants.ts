/** Tables whose reclaim has one mistake each, and the check that has to find it. */
import type { Edit } from "../support/bundle.js";
import type { CheckName } from "./checks.js";

export interface Mutant {
  /** Completes "a table ...". */
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly foundBy: CheckName;
}

const CONTEST = "victim === NOBODY || ageOf(this.#candidate.score, now) >= ageOf(this.#victim.score, now)";

export const mutants: readonly Mutant[] = [
  {
    name: "that always evicts the candidate",
    edits: [{ file: "reclaim/eviction.ts", find: CONTEST, replace: "now >= 0" }],
    foundBy: "follows favourites that change",
  },
  {
    name: "that always admits the candidate",
    edits: [{ file: "reclaim/eviction.ts", find: CONTEST, replace: "victim === NOBODY" }],
    foundBy: "keeps a fixed part of a loop over more than fits",
  },
  {
    name: "that does not remember what it evicted",
    edits: [{ file: "reclaim/mover.ts", find: "this.#policy.remember(item.hash, item.score);", replace: "" }],
    foundBy: "follows favourites that change",
  },
  {
    name: "whose reads do not count",
    edits: [{ file: "directory/find.ts", find: "counters + (1 << shift)", replace: "counters" }],
    foundBy: "keeps what is read through a scan of what is not",
  },
  {
    name: "where LIVE is not taken off",
    edits: [
      { file: "log/segments.ts", find: /Atomics\.sub\(t\.segments, [^\n]*S_LIVE, bytes\);/, replace: "" },
    ],
    foundBy: "makes room for values of any lengths",
  },
  {
    name: "that frees a segment which still has linked items",
    edits: [
      {
        file: "reclaim/cleaning.ts",
        find: "if (slice.isOver()) return false;",
        replace: "if (offset % 3 === 0) continue;",
      },
      { file: "reclaim/cleaning.ts", find: "if (this.#liveOf(segment) !== 0) {", replace: "if (end < 0) {" },
      { file: "log/segments.ts", find: /assert\(liveBytes\(t, segment\) === 0,[^\n]*\);/, replace: "" },
    ],
    foundBy: "lets a table be overwritten for ever that is two thirds full and must not evict",
  },
  {
    name: "that never cleans",
    edits: [{ file: "reclaim/cleaning.ts", find: "cheapest = segment;", replace: "cheapest = NONE;" }],
    foundBy: "lets a table be overwritten for ever that is two thirds full and must not evict",
  },
  {
    name: "that frees nothing",
    edits: [
      {
        file: "reclaim/order.ts",
        find: "&& words[at + S_LIVE] === 0;",
        replace: "&& words[at + S_LIVE] < 0;",
      },
    ],
    foundBy: "makes room for values of any lengths",
  },
  {
    name: "that forgets deadlines once it was there",
    edits: [
      {
        file: "reclaim/expiry.ts",
        find: "segments.noteDeadline(t, this.#segment, this.#earliest);",
        replace: "",
      },
    ],
    foundBy: "lets entries go when their time is over, not before and not long after",
  },
  {
    name: "that lets entries go too early",
    edits: [
      {
        file: "directory/moves.ts",
        find: "cause === CHANGE_EXPIRE && !isGoneAt(t, location)",
        replace: "false",
      },
      {
        file: "reclaim/expiry.ts",
        find: "if (deadline <= nowMs &&",
        replace: "if (deadline <= nowMs + 900 &&",
      },
    ],
    foundBy: "lets entries go when their time is over, not before and not long after",
  },
  {
    name: "that looks at what it sees first, whoever wrote it when",
    edits: [
      {
        file: "reclaim/order.ts",
        find: "words[at + S_SEQ] = segments.nextSeq(this.#t, this.log);",
        replace: "",
      },
    ],
    foundBy: "lets a thread's entries stay as long as another's, whoever writes how fast",
  },
];
