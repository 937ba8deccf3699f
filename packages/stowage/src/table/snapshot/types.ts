/** What goes into `snapshot` and `load`, and what they report. */

export interface SnapshotProgress {
  readonly phase: "snapshot" | "load";
  /** Entries so far. */
  readonly entries: number;
  /** Bytes of the file so far. */
  readonly bytes: number;
  /** Bytes of the file; unknown while it is written. */
  readonly totalBytes?: number;
}

export interface SnapshotOptions {
  /** Called after each block. Throw in it to give up: a snapshot leaves the old file, a load keeps what it has loaded. */
  onProgress?: (progress: SnapshotProgress) => void;
}

export interface SnapshotReport {
  readonly path: string;
  /** Entries that were written; one that changed meanwhile may be there in two versions, the newer of which is loaded. */
  readonly entries: number;
  /** How large the file is. */
  readonly bytes: number;
  readonly durationMs: number;
  /** Entries that were left out because they had expired or a tag of theirs was invalidated. */
  readonly expired: number;
  /** Entries longer than a segment that were rewritten again and again while they were copied, and left out. */
  readonly missed: number;
}

/** A part of the file that was not loaded. */
export interface SnapshotDamage {
  /** Where it begins, in bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
}

export interface LoadReport {
  readonly path: string;
  /** When the snapshot was begun, in milliseconds since 1970. */
  readonly begunAt: number;
  /** Entries that were loaded. */
  readonly entries: number;
  /** How large the file is. */
  readonly bytes: number;
  readonly durationMs: number;
  /** Entries that had expired. */
  readonly expired: number;
  /** Entries that were not loaded because the table had the key already, also from a newer version of it in the file. */
  readonly present: number;
  /** Entries that this table does not take: a value above its `maxValueSize`, or no room in one that does not evict. */
  readonly refused: number;
  /** Blocks, and other parts of the file, that were damaged or missing. Nothing of them was loaded. */
  readonly corruptBlocks: number;
  /** Where; the first hundred of them. */
  readonly damage: readonly SnapshotDamage[];
  /** Whether the file was gone through to its end: not if it was cut off, nor if a `clear` ended the load. */
  readonly complete: boolean;
}
