/**
 * What arrived in one turn of the event loop and waits to be served, all of it in a row: code and data of the server then
 * stay in the processor's caches from one request to the next, which the system's reading would take away from it each
 * time. It also lets the handler look at them all before the first is served.
 *
 *     memory: | room: sockets are read into it | what waits, one piece behind the other |
 *
 * A piece is copied out of the room, since the next socket is read into that. Long pieces are not, and do not wait: theirs
 * are served as they come.
 *
 * Invariant: what waits is served in the order in which it arrived, and before anything that arrived after it.
 */
const READ_BYTES = 64 * 1_024;
/** Longer pieces do not wait: those of several requests are a row by themselves, and the copy would cost what it saves. */
const PIECE_MAX = 512;
const PIECES_MAX = 64;
/** Up to so many bytes, a loop over words is faster than a call. */
const LOOP_MAX = 256;

/** Whom bytes have come for. */
export interface ArrivalMember {
  /** The bytes are only lent for the call. */
  takeBytes(bytes: Buffer, start: number, end: number): void;
}

/**
 * Told of what waits before it is served: the bytes, and where in them each piece begins (at 2 * i) and ends (at 2 * i + 1).
 * Most are whole requests; they have not been read yet, and may be anything.
 */
export type Prefetch = (bytes: Buffer, ranges: Int32Array, count: number) => void;

export class Arrivals {
  readonly #memory = Buffer.allocUnsafeSlow(READ_BYTES + PIECES_MAX * PIECE_MAX);
  readonly #words = new Int32Array(this.#memory.buffer);
  /** What sockets are read into. */
  readonly room = this.#memory.subarray(0, READ_BYTES);
  readonly #prefetch: Prefetch | undefined;
  readonly #members: (ArrivalMember | null)[] = new Array(PIECES_MAX).fill(null);
  readonly #ranges = new Int32Array(PIECES_MAX * 2);
  /** Pieces that came, and those of them that were served. */
  #count = 0;
  #served = 0;
  #end = READ_BYTES;
  /** The handler was told of them. */
  #announced = true;

  constructor(prefetch: Prefetch | undefined) {
    this.#prefetch = prefetch;
  }

  /** Whether something waits. */
  get waiting(): boolean {
    return this.#served < this.#count;
  }

  /** No more can wait. */
  get full(): boolean {
    return this.#count === PIECES_MAX;
  }

  /** So many bytes were read into the room; not called while others are served. False: they cannot wait. */
  add(member: ArrivalMember, length: number): boolean {
    if (this.#served === this.#count) this.#clear();
    if (length > PIECE_MAX || this.#count === PIECES_MAX) return false;
    const start = this.#end;
    if (length > LOOP_MAX) this.#memory.copyWithin(start, 0, length);
    else this.#copyWords(start >> 2, (length + 3) >> 2);
    this.#end = (start + length + 7) & ~7;
    const index = this.#count++;
    this.#members[index] = member;
    this.#ranges[index * 2] = start;
    this.#ranges[index * 2 + 1] = start + length;
    return true;
  }

  /** Serves what waits. Of a member that throws the piece is done with; a further call serves those behind it. */
  serve(): void {
    if (!this.#announced) this.#announce();
    while (this.#served < this.#count) {
      const index = this.#served++;
      const member = this.#members[index] as ArrivalMember;
      this.#members[index] = null;
      member.takeBytes(this.#memory, this.#ranges[index * 2], this.#ranges[index * 2 + 1]);
    }
  }

  /** Serves what waits, whoever throws, and then so many bytes of the room. */
  serveWith(member: ArrivalMember, length: number): void {
    try {
      this.serve();
    } finally {
      if (this.waiting) this.serveWith(member, length);
      else member.takeBytes(this.#memory, 0, length);
    }
  }

  #announce(): void {
    this.#announced = true;
    if (this.#count > 1) this.#prefetch?.(this.#memory, this.#ranges, this.#count);
  }

  #clear(): void {
    this.#announced = false;
    this.#count = 0;
    this.#served = 0;
    this.#end = READ_BYTES;
  }

  #copyWords(to: number, count: number): void {
    const words = this.#words;
    for (let index = 0; index < count; index++) words[to + index] = words[index];
  }
}
