/**
 * What is stale. The source is a version for each key, which only grows; a *change* raises it and then tells the cache: by `set`,
 * `delete`, `invalidateTag` or `clear`. A read is stale if it gives a version that a change had replaced, that was over before the read
 * began, and known to the reader.
 *
 * Two `set`s at the same time may end in either order, so a version that was set while a newer one was, or later, may stay.
 */

export interface Change {
  readonly key: string;
  readonly version: number;
  readonly process: number;
  readonly isSet: boolean;
  readonly beganMs: number;
  /** Undefined: it is not over. */
  endedMs?: number;
  isRefused?: boolean;
}

export interface ReadBack {
  readonly key: string;
  readonly version: number;
  readonly process: number;
  readonly beganMs: number;
  readonly what: string;
}

export class History {
  readonly changes: Change[] = [];
  readonly #versions = new Map<string, number>();

  /** What the source has. */
  version(key: string): number {
    return this.#versions.get(key) ?? 0;
  }

  begin(key: string, process: number, isSet: boolean, beganMs: number): Change {
    const version = this.version(key) + 1;
    this.#versions.set(key, version);
    const change: Change = { key, version, process, isSet, beganMs };
    this.changes.push(change);
    return change;
  }

  /**
   * @param isHeard whether the reader has to know of a change of another process that is over
   * @throws for a stale read
   */
  judge(read: ReadBack, isHeard: (change: Change) => boolean): void {
    for (const change of this.changes) {
      if (change.key !== read.key || change.version <= read.version) continue;
      if (change.endedMs === undefined || change.endedMs >= read.beganMs) continue;
      if (change.process !== read.process && !isHeard(change)) continue;
      if (this.#isSetSince(read, change)) continue;
      const { what, process, key, version } = read;
      throw new Error(
        `${what} of process ${process} at ${read.beganMs} gave ${key}@${version}, which ${key}@${change.version} of process ${change.process} had replaced from ${change.beganMs} to ${change.endedMs}${change.isRefused ? ", refused" : ""}`,
      );
    }
  }

  /** Whether the version that was read was set at the same time as the change, or later. */
  #isSetSince({ key, version }: ReadBack, { beganMs }: Change): boolean {
    return this.changes.some(
      (each) =>
        each.key === key &&
        each.version === version &&
        each.isSet &&
        (each.endedMs === undefined || each.endedMs >= beganMs),
    );
  }
}
