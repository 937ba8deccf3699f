/** Several attachments to one lease table, without a table: what each needs of its host is played here. */
import { leasesBytes } from "../../../src/table/leases/layout.js";
import { LeaseTable } from "../../../src/table/leases/leases.js";

export class Desk {
  now = 1_000;
  watchers = 0;
  sequence = 0;
  /** Number of the last invalidation of a tag, by its first hash. */
  readonly invalidated = new Map<number, number>();
  readonly dead = new Set<number>();
  readonly memory = new SharedArrayBuffer(leasesBytes(1));
  #locked = false;

  /** The leases as the attachment of this number sees them. */
  attach(owner: number): LeaseTable {
    return new LeaseTable(this.memory, {
      owner,
      firstGeneration: 7,
      isAlive: (other) => !this.dead.has(other),
      now: () => this.now,
      watch: (count) => {
        this.watchers += count;
      },
      locked: (run) => this.#exclusively(run),
      tagSequence: () => this.sequence,
      isInvalid: (hashes, sequence) =>
        [...hashes].some((hash) => (this.invalidated.get(hash) ?? 0) > sequence),
    });
  }

  invalidate(hash: number): void {
    this.invalidated.set(hash, ++this.sequence);
  }

  #exclusively<T>(run: () => T): T {
    if (this.#locked) throw new Error("granting within granting");
    this.#locked = true;
    try {
      return run();
    } finally {
      this.#locked = false;
    }
  }
}
