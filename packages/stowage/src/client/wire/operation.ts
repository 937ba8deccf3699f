/** An operation of a batch, ready to be sent, and what the server says of it. */

export interface Operation {
  readonly key: string;
  /** The operation as JSON: `{"op":"get","key":"a"}`. Made when the verb is called, so that later changes of a value do not matter. */
  readonly text: string;
  /** Whether twice is as good as once. */
  readonly isRepeatable: boolean;
  /** Reads with the same text, issued in one tick or under way at one time, are sent once. */
  readonly isRead: boolean;
  /** It is not answered by a read that was sent before it: what it brings was true when it was called, or later. */
  readonly isFresh?: boolean | undefined;
}

/** One element of a batch's `results`; which members it has depends on the operation (docs/rest-api.md). */
export interface OperationResult {
  readonly found?: boolean;
  readonly value?: unknown;
  /** Milliseconds; null: it does not expire. */
  readonly ttl?: number | null;
  readonly version?: string;
  /** Whether the entry bears tags. */
  readonly tagged?: boolean;
  readonly stored?: boolean;
  readonly deleted?: boolean;
  /** What is wrong with this operation alone, and its code. */
  readonly error?: string;
  readonly code?: string;
}
