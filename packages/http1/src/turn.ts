/**
 * What is done once for all connections that have something in one turn of the event loop: the clock is read, and what
 * they send goes out, in one row of writes after all that arrived has been read and served. That is cheaper for the system
 * than reading and writing by turns, and wakes the clients once.
 */
export interface TurnMember {
  /** The turn ends: what was gathered goes out. */
  endTurn(): void;
}

export class Turn {
  readonly #clock: () => number;
  readonly #ended: ((now: number) => void) | null;
  #members: TurnMember[] = [];
  #now = 0;
  #running = false;

  /** `ended` is told at the end of each turn in which anything arrived, when everything has been sent. */
  constructor(clock: () => number, ended: ((now: number) => void) | null) {
    this.#clock = clock;
    this.#ended = ended;
  }

  /** When this turn began, as near as anybody needs to know. */
  begin(): number {
    if (this.#running) return this.#now;
    this.#running = true;
    this.#now = this.#clock();
    setImmediate(this.#end);
    return this.#now;
  }

  /** The turn has begun. */
  add(member: TurnMember): void {
    this.#members.push(member);
  }

  readonly #end = (): void => {
    this.#running = false;
    const members = this.#members;
    this.#members = [];
    for (const member of members) member.endTurn();
    this.#ended?.(this.#clock());
  };
}
