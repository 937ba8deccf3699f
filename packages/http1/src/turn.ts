/**
 * What is done once for all connections that have something in one turn of the event loop: the clock is read, and what
 * they send goes out, in one row of writes after all that arrived has been read and served. That is cheaper for the system
 * than reading and writing by turns, and wakes the clients once.
 */
export interface TurnMember {
  /** The turn ends: what was gathered goes out. */
  endTurn(): void;
}

/**
 * More than that is not kept back: texts of a thousand connections do not stay in the processor's cache until they are
 * written, and the first client waits for the last one's request.
 */
const MEMBERS_MAX = 64;
const BYTES_MAX = 64 * 1_024;

export class Turn {
  readonly #clock: () => number;
  #members: TurnMember[] = [];
  #bytes = 0;
  #now = 0;
  #running = false;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** When this turn began, as near as anybody needs to know. */
  begin(): number {
    if (this.#running) return this.#now;
    this.#running = true;
    this.#now = this.#clock();
    setImmediate(this.#end);
    return this.#now;
  }

  /** The turn has begun, and this member has gathered so many bytes. */
  add(member: TurnMember, bytes: number): void {
    this.#bytes += bytes;
    if (this.#members.push(member) >= MEMBERS_MAX || this.#bytes >= BYTES_MAX) this.#send();
  }

  readonly #end = (): void => {
    this.#running = false;
    this.#send();
  };

  #send(): void {
    const members = this.#members;
    this.#members = [];
    this.#bytes = 0;
    for (const member of members) member.endTurn();
  }
}
