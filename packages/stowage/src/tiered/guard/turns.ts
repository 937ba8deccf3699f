/** Who may begin: so many at a time, the others in the order in which they came, so many at most. */

type Begin = () => void;

export class Turns {
  readonly #underWayMax: number;
  readonly #waitingMax: number;
  /** A Set keeps the order, and lets one leave that gave up. */
  readonly #waiting = new Set<Begin>();
  #underWay = 0;
  #isAdmitting = false;

  constructor(underWayMax: number, waitingMax: number) {
    this.#underWayMax = underWayMax;
    this.#waitingMax = waitingMax;
  }

  get underWay(): number {
    return this.#underWay;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Calls `begin` when its turn comes, maybe at once; it has to `leave` when it is done. False: too many wait already. */
  enter(begin: Begin): boolean {
    if (this.#underWay < this.#underWayMax) {
      this.#underWay++;
      begin();
      return true;
    }
    if (this.#waiting.size >= this.#waitingMax) return false;
    this.#waiting.add(begin);
    return true;
  }

  /** Its turn will not come. */
  giveUp(begin: Begin): void {
    this.#waiting.delete(begin);
  }

  /** One that had begun is done. A loop, since each of thousands may be done as soon as it begins. */
  leave(): void {
    this.#underWay--;
    if (this.#isAdmitting) return;
    this.#isAdmitting = true;
    while (this.#underWay < this.#underWayMax && this.#waiting.size > 0) this.#admit();
    this.#isAdmitting = false;
  }

  #admit(): void {
    const [next] = this.#waiting;
    this.#waiting.delete(next);
    this.#underWay++;
    next();
  }
}
