/**
 * Whether L2 will have what is asked for, by what it had lately. Where it mostly does, it is read first: that costs it least. Where it
 * mostly does not, the lease is asked for at once: the answer says as well if there is a value after all, and a round trip is saved.
 */

/** The latest answer counts for so much. */
const WEIGHT = 1 / 16;
const MOSTLY = 0.5;

export class Forecast {
  #absent = 0;

  get isAbsent(): boolean {
    return this.#absent > MOSTLY;
  }

  saw(isAbsent: boolean): void {
    this.#absent += (Number(isAbsent) - this.#absent) * WEIGHT;
  }
}
