/** What a leaderboard does, wherever it stands: in memory (memory-board.ts) or in a sorted set of Redis (redis-board.ts). */

export interface Ranked {
  readonly member: string;
  readonly score: number;
  /** 1 is the best. */
  readonly rank: number;
}

/** Whether a new score replaces a better one. */
export type Keep = "last" | "best";

/** Ranks count from 0 here. */
export interface Board {
  /** Whether the score is the member's now. */
  set(member: string, score: number, keep: Keep): Promise<boolean>;
  /** The sum. */
  add(member: string, amount: number): Promise<number>;
  remove(members: readonly string[]): Promise<number>;
  find(member: string): Promise<{ readonly score: number; readonly place: number } | undefined>;
  /** From a place on, so many. */
  range(from: number, count: number): Promise<readonly (readonly [member: string, score: number])[]>;
  /** So many above the member and below, and its place; undefined: it is not there. At one moment. */
  around(
    member: string,
    count: number,
  ): Promise<
    | { readonly from: number; readonly entries: readonly (readonly [member: string, score: number])[] }
    | undefined
  >;
  size(): Promise<number>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface BoardRules {
  /** Highest first. */
  readonly isDescending: boolean;
  /** The best are kept. */
  readonly max: number;
}
