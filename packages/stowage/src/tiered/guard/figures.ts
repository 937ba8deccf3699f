/** What became of the calls of each verb. */
import type { StoreFault } from "../../base/errors.js";

export interface VerbFigures {
  readonly calls: number;
  /** The store answered; also that it does not take what was given. */
  readonly answered: number;
  readonly failed: number;
  readonly timeout: number;
  /** Not sent: the store was found to be away. */
  readonly away: number;
  /** Not sent: too many waited already. */
  readonly crowded: number;
  /** Given up by the caller, or by close. */
  readonly aborted: number;
  /** Milliseconds, of those that were answered, waiting included. */
  readonly totalMs: number;
  readonly maxMs: number;
}

type Counting = { -readonly [Name in keyof VerbFigures]: number };

export class Figures {
  readonly #verbs = new Map<string, Counting>();

  begun(verb: string): void {
    this.#of(verb).calls++;
  }

  ended(verb: string, how: "answered" | "aborted" | StoreFault, ms: number): void {
    const figures = this.#of(verb);
    figures[how]++;
    if (how !== "answered") return;
    figures.totalMs += ms;
    figures.maxMs = Math.max(figures.maxMs, ms);
  }

  /** A copy. Verbs that were not called are absent. */
  all(): Readonly<Record<string, VerbFigures>> {
    return Object.fromEntries([...this.#verbs].map(([verb, figures]) => [verb, { ...figures }]));
  }

  #of(verb: string): Counting {
    let figures = this.#verbs.get(verb);
    if (figures === undefined) {
      figures = {
        calls: 0,
        answered: 0,
        failed: 0,
        timeout: 0,
        away: 0,
        crowded: 0,
        aborted: 0,
        totalMs: 0,
        maxMs: 0,
      };
      this.#verbs.set(verb, figures);
    }
    return figures;
  }
}
