/** The error table: codes are stable and complete; each message says what was wrong and what would be right. */
import { describe, expect, test } from "vitest";
import { assert, unreachable } from "../../src/base/assert.js";
import * as errors from "../../src/base/errors.js";
import * as client from "../../src/client/errors.js";

const position = { path: "users.dump", offset: 12, record: 3 };
const attempt = { node: "http://a", what: 'get "a"' };
const samples: errors.StowageError[] = [
  new errors.InvalidOptionError({ where: "new Cache", option: "max", received: -1, expected: "at least 1" }),
  new errors.InvalidDurationError("set", "ttl", "5 minutes", "has spaces in it", "5m"),
  new errors.InvalidArgumentError("take", "the key", 1, "a text"),
  new errors.InvalidValueError("set", "a"),
  new errors.NonNumericValueError("incr", "a", "one"),
  new errors.UnknownCommandError("lpp", ["lpop", "last"]),
  new errors.UnknownWarmerError("user", ["users"]),
  new errors.ClosedError("get"),
  new errors.TransactionConflictError(["a", "b"], 6),
  new errors.LoadTimeoutError("a", 100),
  new errors.CorruptDumpError(position, "checksum differs"),
  new errors.DumpVersionError("users.dump", 9, 1),
  new errors.DumpIoError("write", "users.dump", new Error("ENOSPC")),
  new errors.SerializationError("a function cannot be saved"),
  new errors.VetoError("set", "audit"),
  new errors.KeyTooLargeError("set", 70_000, 65_536),
  new errors.ValueTooLargeError("set", 17_000_000, 16_777_216),
  new errors.TableFullError("no segment is free for an item of 200 bytes"),
  new errors.CounterOverflowError("incrBig", "n", 9_223_372_036_854_775_807n, 1n),
  new errors.TooManyThreadsError(32),
  new errors.InvalidHandleError("an object is not the handle of a table"),
  new errors.SnapshotError("users.snapshot", "its header is damaged"),
  new client.ServerUnavailableError(attempt, "could not connect: ECONNREFUSED"),
  new client.RequestTimeoutError(attempt, 5_000),
  new client.ServerRefusedError(attempt, { status: 403, said: "no", serverCode: "forbidden_key" }),
  new client.TooManyPendingError(attempt, 10_000),
  new errors.StoreUnavailableError("redis", "get", "timeout", "no answer within 1000 ms"),
  new errors.LockTimeoutError("report", 5_000),
  new errors.LockLostError("report", "its time is over"),
  new errors.QueueFullError("set", 10_000),
  new errors.StoreFullError("set", 70_000, 900_000, 950_000),
  new errors.StoreDamagedError("cache/data.mdb", "it does not begin as a file of lmdb does"),
  new client.CrossSlotError(
    "batch",
    new Map([
      ["http://a", ["k1"]],
      ["http://b", ["k2"]],
    ]),
  ),
  new client.UnknownNodeError("get", "http://c", ["http://a", "http://b"]),
  new client.InvalidDataError("get", "user:1", [{ message: "must be a number", path: ["age"] }]),
  new errors.UnsupportedError("new SharedCache", "weights", "leave the option weigher out"),
  new errors.UnavailableError("save", "node:fs"),
  new errors.StatsDisabledError(),
  new errors.AssertionError("slots are dense"),
];

describe("the table of errors", () => {
  test("has exactly one class for each code", () => {
    expect(samples.map((error) => error.code).sort()).toEqual(Object.keys(errors.errorCodes).sort());
  });

  test.each(samples.map((error) => [error.code, error] as const))(
    "%s is an error as it should be",
    (_, error) => {
      expect(error).toBeInstanceOf(errors.StowageError);
      expect(error).toBeInstanceOf(Error);
      expect(error.name).toBe(error.constructor.name);
      expect(error.message.length).toBeGreaterThan(10);
      expect(String(error.stack)).toContain(error.message);
    },
  );

  test("codes are those that were published", () => {
    expect(Object.keys(errors.errorCodes)).toMatchInlineSnapshot(`
      [
        "STOWAGE_INVALID_OPTION",
        "STOWAGE_INVALID_DURATION",
        "STOWAGE_INVALID_ARGUMENT",
        "STOWAGE_INVALID_VALUE",
        "STOWAGE_NON_NUMERIC_VALUE",
        "STOWAGE_UNKNOWN_COMMAND",
        "STOWAGE_UNKNOWN_WARMER",
        "STOWAGE_STATS_DISABLED",
        "STOWAGE_CLOSED",
        "STOWAGE_TRANSACTION_CONFLICT",
        "STOWAGE_LOAD_TIMEOUT",
        "STOWAGE_CORRUPT_DUMP",
        "STOWAGE_DUMP_VERSION",
        "STOWAGE_DUMP_IO",
        "STOWAGE_SERIALIZATION",
        "STOWAGE_VETO",
        "STOWAGE_KEY_TOO_LARGE",
        "STOWAGE_VALUE_TOO_LARGE",
        "STOWAGE_TABLE_FULL",
        "STOWAGE_COUNTER_OVERFLOW",
        "STOWAGE_TOO_MANY_THREADS",
        "STOWAGE_INVALID_HANDLE",
        "STOWAGE_SNAPSHOT",
        "STOWAGE_UNSUPPORTED",
        "STOWAGE_SERVER_UNAVAILABLE",
        "STOWAGE_REQUEST_TIMEOUT",
        "STOWAGE_SERVER_REFUSED",
        "STOWAGE_TOO_MANY_PENDING",
        "STOWAGE_STORE_UNAVAILABLE",
        "STOWAGE_LOCK_TIMEOUT",
        "STOWAGE_LOCK_LOST",
        "STOWAGE_QUEUE_FULL",
        "STOWAGE_STORE_FULL",
        "STOWAGE_STORE_DAMAGED",
        "STOWAGE_CROSS_SLOT",
        "STOWAGE_UNKNOWN_NODE",
        "STOWAGE_INVALID_DATA",
        "STOWAGE_UNAVAILABLE",
        "STOWAGE_ASSERTION",
      ]
    `);
  });

  test("messages", () => {
    expect(samples.map((error) => error.message)).toMatchInlineSnapshot(`
      [
        "new Cache: option "max" must be at least 1, got -1.",
        "set: "ttl" is not a duration: "5 minutes" has spaces in it. Did you mean "5m"?",
        "take: the key must be a text, got 1.",
        "set: the value for key "a" is undefined. undefined means a miss and cannot be stored; store null, or delete the key.",
        "incr: key "a" holds "one", which is not a finite number. The value is unchanged; use set to replace it.",
        "invoke: there is no command "lpp". Did you mean "lpop"?",
        "warm: there is no warmer "user". Did you mean "users"?",
        "get: the cache is closed. Make a new one, or close it later.",
        "transaction: others wrote to "a", "b" during each of 6 attempts. Nothing was applied. Write these keys in transactions only, or allow more retries.",
        "fetch: the loader for key "a" gave no value within 100 ms. Allow more time, or let grace serve the old value.",
        "The dump "users.dump" is damaged at byte 12, after 3 entries: checksum differs. Nothing was applied; restore an undamaged copy.",
        "The dump "users.dump" is of format version 9; this Stowage reads version 1. Restore it with the version that wrote it, or save it anew.",
        "Could not write "users.dump": ENOSPC.",
        "a function cannot be saved",
        "set: the hook "audit" refused it. Nothing was changed.",
        "set: the key has 70000 bytes; at most 65536 are possible. Use a hash of it as the key.",
        "set: the value has 17000000 bytes; at most 16777216 are possible. Nothing was changed; raise maxValueSize.",
        "The table is full: no segment is free for an item of 200 bytes. Nothing was changed; give the table more memory, or let it evict.",
        "incrBig: 9223372036854775807n at key "n" plus 1n is beyond 64 bits. The counter is unchanged.",
        "attach: 32 threads use the table already. Close it in threads that are done, or create it with a larger option threads.",
        "attach: an object is not the handle of a table. Send table.handle by workerData or postMessage, to threads of the same Stowage.",
        "The snapshot "users.snapshot": its header is damaged.",
        "get "a": the server at http://a is not available: could not connect: ECONNREFUSED. Check that it runs and that the url is right; the client goes on by itself when it is back.",
        "get "a": no answer from http://a within 5000 ms, retries included. A write may have been done. The option "timeout" sets the time.",
        "get "a": http://a answered 403: no",
        "get "a": 10000 operations are under way to http://a already, as many as "maxPending" allows. Nothing was sent.",
        "get: the store redis is not available: no answer within 1000 ms. A write may have been done.",
        "acquire: the lock "report" was not free within 5000 ms. The option "wait" says how long to wait.",
        "the lock "report" was lost: its time is over.",
        "set: 10000 keys wait to be written to the source already, as many as "maxQueue" allows. Nothing was changed.",
        "set: 70000 bytes beside 900000 of entries without a lifetime are more than 950000. Nothing was changed; raise maxSize, or give entries a lifetime.",
        "The store in "cache/data.mdb" cannot be opened: it does not begin as a file of lmdb does. It was left as it is; delete it, since a cache can be filled again, or name another one.",
        "batch needs all of its keys on one server, but http://a has "k1"; http://b has "k2". Keys with the same part in braces are kept together: "{user:1}:posts".",
        "get: there is no server "http://c"; there are http://a, http://b",
        "get "user:1": the value does not fit its schema: age: must be a number",
        "new SharedCache: a shared cache does not support weights: leave the option weigher out.",
        "save needs node:fs, which this runtime does not offer.",
        "stats: this cache was made with stats: false. Leave that option out to count.",
        "slots are dense",
      ]
    `);
  });
});

describe("hostile parts of messages", () => {
  test("long texts are cut and control characters escaped", () => {
    const error = new errors.UnknownCommandError(`\n${"x".repeat(1_000_000)}`, ["last"]);
    expect(error.message.length).toBeLessThan(300);
    expect(error.message).not.toContain("\n");
  });

  test("values that throw when looked at are named all the same", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const trap = Object.create({
      get constructor() {
        throw new Error("looked");
      },
    });
    for (const key of [proxy, trap, Symbol("s"), Object.create(null), () => {}, -0, 1n, [1]]) {
      expect(new errors.InvalidValueError("set", key).message).toContain("is undefined");
    }
  });
});

describe("assert", () => {
  test("throws an AssertionError with the message, and nothing when it holds", () => {
    expect(() => assert(1 + 1 === 2, "sums")).not.toThrow();
    expect(() => assert(0, "must hold")).toThrow(errors.AssertionError);
    expect(() => assert(0, "must hold")).toThrow("must hold");
  });

  test("unreachable names the value", () => {
    expect(() => unreachable("x" as never, "no such mode")).toThrow("no such mode: x");
  });
});
