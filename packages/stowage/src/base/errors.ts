/**
 * Every error that Stowage throws on purpose: one table of stable codes, one class each.
 *
 * Programs branch on `error.code` (or `instanceof`); people read `error.message`, which says what was wrong and what
 * would be right. Codes are never renamed or reused; messages may improve at any time. Errors of the caller's own
 * functions (loaders, hooks, commands) are passed on untouched and are therefore not in this table.
 */
import { describe, quote } from "./describe.js";
import { suggest } from "./suggestion.js";

/** Code -> when it is thrown. The documentation's table is printed from this one. */
export const errorCodes = {
  STOWAGE_INVALID_OPTION: "an option is unknown, misspelt, out of range, or conflicts with another one",
  STOWAGE_INVALID_DURATION: "a duration is neither a number of milliseconds above zero nor a text such as 5m",
  STOWAGE_INVALID_ARGUMENT: "an argument of a call is of the wrong kind",
  STOWAGE_INVALID_VALUE: "undefined was to be stored; it would look like a miss",
  STOWAGE_NON_NUMERIC_VALUE: "incr or decr found a value that is not a number; the value is untouched",
  STOWAGE_UNKNOWN_COMMAND: "invoke was called with a command that was not declared",
  STOWAGE_UNKNOWN_WARMER: "warm was called with the name of a warmer that was not declared",
  STOWAGE_STATS_DISABLED: "stats was called on a cache made with stats: false",
  STOWAGE_CLOSED: "the cache was used after close()",
  STOWAGE_TRANSACTION_CONFLICT: "others kept writing the keys of a transaction; nothing of it was applied",
  STOWAGE_LOAD_TIMEOUT: "a loader took longer than its hard timeout",
  STOWAGE_CORRUPT_DUMP: "a dump is truncated or damaged; nothing of it was applied",
  STOWAGE_DUMP_VERSION: "a dump was written in a format that this version cannot read",
  STOWAGE_DUMP_IO: "the file system refused an operation on a dump; the old dump is untouched",
  STOWAGE_SERIALIZATION:
    "a key or value cannot be turned into bytes, or bytes not back into one, without loss",
  STOWAGE_VETO: "a hook that may veto refused the action",
  STOWAGE_KEY_TOO_LARGE: "a key is longer than its store takes, which is 64 KiB in a shared table",
  STOWAGE_VALUE_TOO_LARGE:
    "a value is longer than maxValueSize, or than its store takes; nothing was changed",
  STOWAGE_TABLE_FULL: "a table that does not evict, or cannot for now, has no room; nothing was changed",
  STOWAGE_COUNTER_OVERFLOW: "a counter would leave the range of 64 bits; it is unchanged",
  STOWAGE_TOO_MANY_THREADS: "more threads attach to a table than it was created for",
  STOWAGE_INVALID_HANDLE: "what was given to attach is not the handle of a table of this version",
  STOWAGE_SNAPSHOT: "a snapshot of a table cannot be written or read",
  STOWAGE_UNSUPPORTED:
    "the shared cache, or the store behind tiers, cannot do what was asked for, and says what can be done instead",
  STOWAGE_SERVER_UNAVAILABLE:
    "a server cannot be reached, or was found to be away; nothing is known of what it holds",
  STOWAGE_REQUEST_TIMEOUT: "a server did not answer in time; a write may or may not have been done",
  STOWAGE_SERVER_REFUSED: "a server answered that it does not do what was asked, and why",
  STOWAGE_TOO_MANY_PENDING:
    "more operations are under way to a server than maxPending allows; nothing was sent",
  STOWAGE_STORE_UNAVAILABLE:
    "a store behind the cache cannot be reached, is too slow, or was found to be away; a write may or may not have been done",
  STOWAGE_LOCK_TIMEOUT: "somebody else held a lock for longer than was to be waited for it",
  STOWAGE_LOCK_LOST:
    "a lock is not held any more, or nobody knows; what it protects must not be changed any further",
  STOWAGE_QUEUE_FULL: "more waits to be written to the source than maxQueue allows; nothing was changed",
  STOWAGE_STORE_FULL: "a store that may not grow has no room, and nothing in it may go; nothing was changed",
  STOWAGE_STORE_DAMAGED: "the file of a store is damaged, or is none; it was left as it is",
  STOWAGE_CROSS_SLOT: "keys that have to be on one server are on several; a hash tag keeps them together",
  STOWAGE_UNKNOWN_NODE: "a call names a server that the client does not have",
  STOWAGE_INVALID_DATA: "a value does not fit the schema that was given for it",
  STOWAGE_UNAVAILABLE: "the feature needs something that this runtime lacks",
  STOWAGE_ASSERTION: "an internal relation does not hold: a mistake in the program, not in its input",
} as const satisfies Record<`STOWAGE_${string}`, string>;

export type ErrorCode = keyof typeof errorCodes;

/** What all errors of Stowage have in common. */
export class StowageError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = nameOf(code);
  }
}

export interface OptionFault {
  /** The call that was given the option, as the user wrote it: `new Cache`, `set`. */
  where: string;
  /** The option's name; nested ones with a dot. Of a conflict, the first one. */
  option: string;
  received?: unknown;
  /** What would be right, so that "must be ..." reads well. */
  expected: string;
  suggestion?: string | undefined;
  cause?: unknown;
}

/** An option is unknown, misspelt, out of range, or conflicts with another one. */
export class InvalidOptionError extends StowageError {
  readonly where: string;
  readonly option: string;
  readonly received: unknown;
  readonly expected: string;
  readonly suggestion: string | undefined;

  constructor(fault: OptionFault, message = outOfRange(fault), code: ErrorCode = "STOWAGE_INVALID_OPTION") {
    super(code, message, causeOf(fault.cause));
    this.where = fault.where;
    this.option = fault.option;
    this.received = fault.received;
    this.expected = fault.expected;
    this.suggestion = fault.suggestion;
  }

  /** There is no option of that name. */
  static unknown(
    where: string,
    option: string,
    received: unknown,
    known: Iterable<string>,
  ): InvalidOptionError {
    const names = [...known];
    const expected = names.length === 0 ? "no option at all" : `one of ${names.join(", ")}`;
    const suggestion = suggest(option, names);
    const hint = suggestion === undefined ? `It takes ${expected}.` : `Did you mean ${quote(suggestion)}?`;
    const message = `${where}: there is no option ${quote(option)}. ${hint}`;
    return new InvalidOptionError({ where, option, received, expected, suggestion }, message);
  }

  /** Each option is right by itself, but they do not go together. `right` completes the sentence after a colon. */
  static conflict(where: string, options: readonly [string, ...string[]], right: string): InvalidOptionError {
    const names = options.map(quote).join(" and ");
    const message = `${where}: option${options.length > 1 ? "s" : ""} ${names} cannot be used so: ${right}.`;
    return new InvalidOptionError({ where, option: options[0], expected: right }, message);
  }
}

/** A duration is neither a number of milliseconds above zero nor a text such as `5m`. */
export class InvalidDurationError extends InvalidOptionError {
  constructor(where: string, option: string, received: unknown, reason: string, suggestion?: string) {
    const expected =
      'milliseconds above 0, or a text such as "250ms", "5s", "5m", "2h", "1d", "1w", "1y" or "1h30m"';
    const hint = suggestion === undefined ? `Use ${expected}.` : `Did you mean ${quote(suggestion)}?`;
    const message = `${where}: ${quote(option)} is not a duration: ${describe(received)} ${reason}. ${hint}`;
    super({ where, option, received, expected, suggestion }, message, "STOWAGE_INVALID_DURATION");
  }
}

/** An argument of a call is of the wrong kind. */
export class InvalidArgumentError extends StowageError {
  /** `expected` completes "must be ...". */
  constructor(
    readonly where: string,
    readonly argument: string,
    readonly received: unknown,
    readonly expected: string,
  ) {
    super(
      "STOWAGE_INVALID_ARGUMENT",
      `${where}: ${argument} must be ${expected}, got ${describe(received)}.`,
    );
  }
}

/** `undefined` was to be stored. */
export class InvalidValueError extends StowageError {
  constructor(
    readonly where: string,
    readonly key: unknown,
  ) {
    const right = "undefined means a miss and cannot be stored; store null, or delete the key";
    super("STOWAGE_INVALID_VALUE", `${where}: the value for key ${describe(key)} is undefined. ${right}.`);
  }
}

/** `incr` or `decr` found something else than a number. */
export class NonNumericValueError extends StowageError {
  constructor(
    readonly where: string,
    readonly key: unknown,
    readonly received: unknown,
    expected = "a finite number",
  ) {
    // A server that found it tells no values.
    const what = received === undefined ? "a value" : `${describe(received)},`;
    const found = `key ${describe(key)} holds ${what} which is not ${expected}`;
    super("STOWAGE_NON_NUMERIC_VALUE", `${where}: ${found}. The value is unchanged; use set to replace it.`);
  }
}

/** `invoke` was called with a command that was not declared. */
export class UnknownCommandError extends StowageError {
  constructor(
    readonly command: string,
    known: Iterable<string>,
  ) {
    super("STOWAGE_UNKNOWN_COMMAND", unknownName("invoke", "command", command, known));
  }
}

/** `warm` was called with the name of a warmer that was not declared. */
export class UnknownWarmerError extends StowageError {
  constructor(
    readonly warmer: string,
    known: Iterable<string>,
  ) {
    super("STOWAGE_UNKNOWN_WARMER", unknownName("warm", "warmer", warmer, known));
  }
}

/** `stats` was called on a cache that does not count. */
export class StatsDisabledError extends StowageError {
  constructor() {
    super(
      "STOWAGE_STATS_DISABLED",
      "stats: this cache was made with stats: false. Leave that option out to count.",
    );
  }
}

/** The cache was used after `close()`. */
export class ClosedError extends StowageError {
  constructor(readonly where: string) {
    super("STOWAGE_CLOSED", `${where}: the cache is closed. Make a new one, or close it later.`);
  }
}

/** Others kept writing the keys of a transaction. */
export class TransactionConflictError extends StowageError {
  constructor(
    readonly keys: readonly unknown[],
    readonly attempts: number,
  ) {
    const named = keys.slice(0, 5).map(describe).join(", ") + (keys.length > 5 ? ", …" : "");
    const what = `others wrote to ${named === "" ? "the cache" : named} during each of ${attempts} attempts`;
    const right = "Nothing was applied. Write these keys in transactions only, or allow more retries";
    super("STOWAGE_TRANSACTION_CONFLICT", `transaction: ${what}. ${right}.`);
  }
}

/** A loader took longer than its hard timeout. */
export class LoadTimeoutError extends StowageError {
  constructor(
    readonly key: unknown,
    readonly timeoutMs: number,
  ) {
    const what = `the loader for key ${describe(key)} gave no value within ${timeoutMs} ms`;
    super("STOWAGE_LOAD_TIMEOUT", `fetch: ${what}. Allow more time, or let grace serve the old value.`);
  }
}

/** A hook that may veto refused the action. */
export class VetoError extends StowageError {
  constructor(
    readonly action: string,
    readonly hook: string,
    options?: { cause?: unknown },
  ) {
    super("STOWAGE_VETO", `${action}: the hook ${quote(hook)} refused it. Nothing was changed.`, options);
  }
}

/** A key or value cannot be turned into bytes, or bytes not back into one, without loss. */
export class SerializationError extends StowageError {
  /** The class that stands in the way: not registered, or its own encode or decode failed. */
  readonly className: string | undefined;

  constructor(message: string, options?: { cause?: unknown; className?: string }) {
    super("STOWAGE_SERIALIZATION", message, causeOf(options?.cause));
    this.className = options?.className;
  }
}

export interface DumpPosition {
  path: string;
  /** Where in the file the trouble begins, in bytes from its start. */
  offset: number;
  /** How many entries stand before it. */
  record: number;
  /** How many entries the caller was given before it was found: none, unless the file changed after verification. */
  applied?: number;
}

/** A dump is truncated or damaged. */
export class CorruptDumpError extends StowageError {
  readonly path: string;
  readonly offset: number;
  readonly record: number;
  readonly reason: string;

  constructor(position: DumpPosition, reason: string, options?: { cause?: unknown }) {
    const where = `at byte ${position.offset}, after ${position.record} entries`;
    const applied = position.applied
      ? `${position.applied} entries were restored before it changed`
      : "Nothing was applied";
    const right = `${applied}; restore an undamaged copy`;
    super(
      "STOWAGE_CORRUPT_DUMP",
      `The dump ${quote(position.path)} is damaged ${where}: ${reason}. ${right}.`,
      options,
    );
    this.path = position.path;
    this.offset = position.offset;
    this.record = position.record;
    this.reason = reason;
  }
}

/** A dump was written in a format that this version cannot read. */
export class DumpVersionError extends StowageError {
  constructor(
    readonly path: string,
    readonly version: number,
    readonly supported: number,
  ) {
    const what = `The dump ${quote(path)} is of format version ${version}; this Stowage reads version ${supported}`;
    super("STOWAGE_DUMP_VERSION", `${what}. Restore it with the version that wrote it, or save it anew.`);
  }
}

/** The file system refused an operation on a dump. */
export class DumpIoError extends StowageError {
  constructor(
    readonly operation: string,
    readonly path: string,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : describe(cause);
    super("STOWAGE_DUMP_IO", `Could not ${operation} ${quote(path)}: ${reason}.`, { cause });
  }
}

/** A key is longer than its store takes. */
export class KeyTooLargeError extends StowageError {
  constructor(
    readonly where: string,
    readonly bytes: number,
    readonly bytesMax: number,
  ) {
    const what = `the key has ${bytes} bytes; at most ${bytesMax} are possible`;
    super("STOWAGE_KEY_TOO_LARGE", `${where}: ${what}. Use a hash of it as the key.`);
  }
}

/** A value is longer than its store takes. */
export class ValueTooLargeError extends StowageError {
  constructor(
    readonly where: string,
    readonly bytes: number,
    readonly bytesMax: number,
  ) {
    const what = `the value has ${bytes} bytes; at most ${bytesMax} are possible`;
    super("STOWAGE_VALUE_TOO_LARGE", `${where}: ${what}. Nothing was changed; raise maxValueSize.`);
  }
}

/** A table that does not evict, or cannot for now, has no room. */
export class TableFullError extends StowageError {
  /** `reason` says what there is no room for. */
  constructor(reason: string) {
    const right = "Nothing was changed; give the table more memory, or let it evict";
    super("STOWAGE_TABLE_FULL", `The table is full: ${reason}. ${right}.`);
  }
}

/** A counter would leave the range of 64 bits. */
export class CounterOverflowError extends StowageError {
  constructor(
    readonly where: string,
    readonly key: unknown,
    readonly value: number | bigint,
    readonly amount: number | bigint,
  ) {
    const what = `${describe(value)} at key ${describe(key)} plus ${describe(amount)}`;
    super("STOWAGE_COUNTER_OVERFLOW", `${where}: ${what} is beyond 64 bits. The counter is unchanged.`);
  }
}

/** More threads attach to a table than it was created for. */
export class TooManyThreadsError extends StowageError {
  constructor(readonly threadsMax: number) {
    const right = "Close it in threads that are done, or create it with a larger option threads";
    super("STOWAGE_TOO_MANY_THREADS", `attach: ${threadsMax} threads use the table already. ${right}.`);
  }
}

/** What was given to `attach` is no handle, or one of another version. */
export class InvalidHandleError extends StowageError {
  constructor(reason: string) {
    const right = "Send table.handle by workerData or postMessage, to threads of the same Stowage";
    super("STOWAGE_INVALID_HANDLE", `attach: ${reason}. ${right}.`);
  }
}

/** A snapshot of a table cannot be written or read. */
export class SnapshotError extends StowageError {
  constructor(
    readonly path: string,
    readonly reason: string,
    options?: { cause?: unknown },
  ) {
    super("STOWAGE_SNAPSHOT", `The snapshot ${quote(path)}: ${reason}.`, causeOf(options?.cause));
  }
}

/** The shared cache, or the store behind tiers, cannot do what was asked for. */
export class UnsupportedError extends StowageError {
  /** `right` completes the sentence after a colon. */
  constructor(
    readonly where: string,
    readonly what: string,
    right: string,
    who = "a shared cache",
  ) {
    super("STOWAGE_UNSUPPORTED", `${where}: ${who} does not support ${what}: ${right}.`);
  }
}

/** Why a store could not be asked: it failed, was too slow, was found to be away before, or too many wait for it already. */
export type StoreFault = "failed" | "timeout" | "away" | "crowded";

/** A store behind the cache cannot be reached, is too slow, or was found to be away. */
export class StoreUnavailableError extends StowageError {
  constructor(
    readonly store: string,
    readonly where: string,
    readonly fault: StoreFault,
    reason: string,
    options?: { cause?: unknown },
  ) {
    const sent = fault === "away" || fault === "crowded" ? "Nothing was sent" : "A write may have been done";
    super(
      "STOWAGE_STORE_UNAVAILABLE",
      `${where}: the store ${store} is not available: ${reason}. ${sent}.`,
      causeOf(options?.cause),
    );
  }
}

/** Somebody else held a lock for as long as was to be waited for it. */
export class LockTimeoutError extends StowageError {
  constructor(
    readonly lock: string,
    readonly waitedMs: number,
  ) {
    super(
      "STOWAGE_LOCK_TIMEOUT",
      `acquire: the lock ${quote(lock)} was not free within ${waitedMs} ms. The option "wait" says how long to wait.`,
    );
  }
}

/** A lock is not held any more, or nobody knows. */
export class LockLostError extends StowageError {
  constructor(
    readonly lock: string,
    reason: string,
    options?: { cause?: unknown },
  ) {
    super("STOWAGE_LOCK_LOST", `the lock ${quote(lock)} was lost: ${reason}.`, causeOf(options?.cause));
  }
}

/** What waits to be written to the source is as much as may be. */
export class QueueFullError extends StowageError {
  constructor(
    readonly where: string,
    readonly queueMax: number,
  ) {
    super(
      "STOWAGE_QUEUE_FULL",
      `${where}: ${queueMax} keys wait to be written to the source already, as many as "maxQueue" allows. Nothing was changed.`,
    );
  }
}

/** A store that may not grow has no room, and nothing in it may go. */
export class StoreFullError extends StowageError {
  constructor(
    readonly where: string,
    readonly bytes: number,
    readonly fixedBytes: number,
    readonly bytesMax: number,
  ) {
    const what = `${bytes} bytes beside ${fixedBytes} of entries without a lifetime are more than ${bytesMax}`;
    super(
      "STOWAGE_STORE_FULL",
      `${where}: ${what}. Nothing was changed; raise maxSize, or give entries a lifetime.`,
    );
  }
}

/** The file of a store is damaged, or is none. */
export class StoreDamagedError extends StowageError {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    const right = "It was left as it is; delete it, since a cache can be filled again, or name another one";
    super("STOWAGE_STORE_DAMAGED", `The store in ${quote(path)} cannot be opened: ${reason}. ${right}.`);
  }
}

/** The feature needs something that this runtime lacks. */
export class UnavailableError extends StowageError {
  constructor(feature: string, need: string) {
    super("STOWAGE_UNAVAILABLE", `${feature} needs ${need}, which this runtime does not offer.`);
  }
}

/** An internal relation does not hold: a mistake in the program, not in its input. */
export class AssertionError extends StowageError {
  constructor(message: string) {
    super("STOWAGE_ASSERTION", message);
  }
}

/** `STOWAGE_INVALID_OPTION` -> `InvalidOptionError`: made from the code, because minifiers rename classes. */
function nameOf(code: ErrorCode): string {
  const words = code.split("_").slice(1);
  return `${words.map((word) => word[0] + word.slice(1).toLowerCase()).join("")}Error`;
}

function outOfRange(fault: OptionFault): string {
  const hint = fault.suggestion === undefined ? "" : ` Did you mean ${quote(fault.suggestion)}?`;
  const got = describe(fault.received);
  return `${fault.where}: option ${quote(fault.option)} must be ${fault.expected}, got ${got}.${hint}`;
}

function unknownName(where: string, kind: string, name: string, known: Iterable<string>): string {
  const names = [...known];
  const suggestion = suggest(name, names);
  const list = names.length === 0 ? `no ${kind} was declared` : `declared are ${names.join(", ")}`;
  const hint = suggestion === undefined ? `As it is, ${list}.` : `Did you mean ${quote(suggestion)}?`;
  return `${where}: there is no ${kind} ${quote(name)}. ${hint}`;
}

function causeOf(cause: unknown): { cause: unknown } | undefined {
  return cause === undefined ? undefined : { cause };
}
