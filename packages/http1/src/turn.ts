/**
 * What is done once for all connections that have something in one turn of the event loop: the clock is read, what arrived
 * is served, and what they send goes out. So a turn is a row of reads, a row of requests, a row of writes: that is cheaper
 * for the system than reading and writing by turns, cheaper for the server, whose code stays at hand, and wakes the clients
 * once.
 */
import { type ArrivalMember, Arrivals, type Prefetch } from "./arrivals.js";

export interface TurnMember extends ArrivalMember {
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
  readonly #arrivals: Arrivals;
  #members: TurnMember[] = [];
  #bytes = 0;
  #now = 0;
  #running = false;

  constructor(clock: () => number, prefetch?: Prefetch) {
    this.#clock = clock;
    this.#arrivals = new Arrivals(prefetch);
  }

  /** What plain sockets are read into. */
  get room(): Buffer {
    return this.#arrivals.room;
  }

  /** When this turn began, as near as anybody needs to know. */
  begin(): number {
    if (this.#running) return this.#now;
    this.#running = true;
    this.#now = this.#clock();
    setImmediate(this.#end);
    return this.#now;
  }

  /** So many bytes were read into the room. The member is given them when the turn ends, or before. */
  arrive(member: TurnMember, length: number): void {
    this.begin();
    const arrivals = this.#arrivals;
    if (!arrivals.add(member, length)) arrivals.serveWith(member, length);
    else if (arrivals.full) this.#serveAll();
  }

  /** The turn has begun, and this member has gathered so many bytes. */
  add(member: TurnMember, bytes: number): void {
    this.#bytes += bytes;
    if (this.#members.push(member) >= MEMBERS_MAX || this.#bytes >= BYTES_MAX) this.#send();
  }

  /** Where a member throws, those behind it are served all the same. */
  readonly #end = (): void => {
    try {
      this.#arrivals.serve();
    } finally {
      if (this.#arrivals.waiting) setImmediate(this.#end);
      else this.#running = false;
      this.#send();
    }
  };

  #serveAll(): void {
    this.#arrivals.serve();
    this.#send();
  }

  #send(): void {
    const members = this.#members;
    this.#members = [];
    this.#bytes = 0;
    for (const member of members) member.endTurn();
  }
}
