/**
 * Scores: how often a key was asked for, each request counting half as much after a half-life (the combined recency
 * and frequency of LRFU, Lee et al. 2001), kept so that time passing costs nothing.
 *
 * Instead of making all old requests lighter as time goes by, a new one is made heavier (forward decay, Cormode et al.
 * 2009): a request at time t weighs 2 ** t, t in half-lives. Scores then only change when their key is asked for, and
 * compare as they are, however long ago each was last touched. What is stored is the logarithm:
 *
 *     score = log2(sum of 2 ** t over the key's requests)   in steps of 1/16 half-life, its low 16 bits
 *
 * A key asked for once at t has the score t; two equal scores make one that is a half-life (16 steps) higher. No score
 * lies more than two half-lives ahead of now, the weight of four requests just made, or favourites of the past would
 * outlive their time.
 *
 * Sixteen bits hold 4096 half-lives. Scores are compared by age, the steps up to the limit of now, which is unambiguous
 * as long as nothing older is left about; what is older looks recent for a while and ages again.
 */

/** Steps to a half-life. Finer ones do not change which entry wins. */
export const SCORE_STEPS = 16;

const SLOTS_FIRST = 64;
const AHEAD_MAX = 2 * SCORE_STEPS;
const SCORE_MASK = 0xffff;

/** By the difference of two scores: what the smaller adds to the larger. Nothing from 6 half-lives on. */
const SUM = Uint8Array.from({ length: SCORE_STEPS * 6 + 1 }, (_, difference) =>
  Math.round(SCORE_STEPS * Math.log2(1 + 2 ** (-difference / SCORE_STEPS))),
);
const SUM_LAST = SUM.length - 1;

/** By a number of requests, of a 2-bit counter: what they add to the score of one. */
const TIMES = Uint8Array.from({ length: 4 }, (_, count) =>
  Math.round(SCORE_STEPS * Math.log2(Math.max(1, count))),
);

/** Of two scores, the one with the lower age is the higher. */
export function ageOf(score: number, now: number): number {
  return (now + AHEAD_MAX - score) & SCORE_MASK;
}

/** The score after `count` (1 to 3) more requests, taken to be made now. */
export function scoreAfter(score: number, count: number, now: number): number {
  const added = TIMES[count];
  const had = AHEAD_MAX - ageOf(score, now);
  const sum = Math.max(added, had) + SUM[Math.min(Math.abs(added - had), SUM_LAST)];
  return (now + Math.min(sum, AHEAD_MAX)) & SCORE_MASK;
}

/** The time a number of steps earlier (or later, where negative): the score of one request then. */
export function earlier(now: number, steps: number): number {
  return (now - steps) & SCORE_MASK;
}

/** A score per slot. */
export class SlotScores {
  /** Public, and flat, since each eviction comes here several times. */
  steps = new Uint16Array(SLOTS_FIRST);

  /** Doubles: at two million slots it copies two megabytes, in less than a millisecond. */
  reserve(slots: number): void {
    if (slots <= this.steps.length) return;
    const steps = new Uint16Array(2 ** Math.ceil(Math.log2(slots)));
    steps.set(this.steps);
    this.steps = steps;
  }
}
