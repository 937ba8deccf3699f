/** Saving and restoring: what is in a dump, what is left out, and how both ways behave. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  AssertionError,
  CorruptDumpError,
  DumpIoError,
  DumpVersionError,
  InvalidArgumentError,
  InvalidOptionError,
  SerializationError,
} from "../../src/base/errors.js";
import type { Serializer } from "../../src/cache/persist/codec/serializer.js";
import { crc32 } from "../../src/cache/persist/crc32.js";
import { openDump } from "../../src/cache/persist/restore.js";
import { saveDump } from "../../src/cache/persist/save.js";
import type { DumpEntry, Progress } from "../../src/cache/persist/types.js";
import { MemoryFiles } from "./memory-files.js";
import { clockAt, dumpOf, entriesOf, entry, failureOf, path, readAll } from "./support.js";
import { values } from "./values.js";

const compressions = [false, true, "gzip", "brotli"] as const;

const json: Serializer = {
  id: "json",
  encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
};

describe("round trips", () => {
  const times = fc.option(fc.integer({ min: 1, max: 1e15 }), { nil: undefined });
  const entries = fc.array(
    fc.record<DumpEntry>(
      {
        key: values,
        value: values,
        expiresAt: fc.option(fc.double({ min: 1_001, max: 1e15, noNaN: true })),
        ttl: times,
        idle: times,
        weight: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: undefined }),
        tags: fc.option(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), { nil: undefined }),
      },
      { requiredKeys: ["key", "value", "expiresAt"] },
    ),
    { maxLength: 20 },
  );

  test("any entries come back as they were, in order, however the file is cut into reads and writes", async () => {
    await fc.assert(
      fc.asyncProperty(
        entries,
        fc.constantFrom(...compressions),
        fc.integer({ min: 1, max: 500 }),
        async (given, compress, atOnce) => {
          const files = new MemoryFiles();
          files.bytesAtOnce = atOnce;
          await saveDump(path, given, { files, compress, clock: clockAt(1_000) });
          const back = await readAll({ files, clock: clockAt(1_000) });
          expectSame(back, given.map(withoutUndefined));
          expect([...files.files.keys(), files.openCount]).toEqual([path, 0]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each(compressions)("thousands of entries, compress: %s", async (compress) => {
    const files = new MemoryFiles();
    const given = entriesOf(5_000, { name: "Ann", tags: ["a", "b"] });
    const saved = await saveDump(path, given, { files, compress });
    expect(saved).toEqual({ entries: 5_000, skipped: 0, bytes: files.files.get(path)?.length });
    expect(await readAll({ files })).toStrictEqual(given);
    if (compress) expect(saved.bytes).toBeLessThan(60_000);
  });

  test("no entries", async () => {
    const files = new MemoryFiles();
    expect((await saveDump(path, [], { files })).entries).toBe(0);
    expect(await readAll({ files })).toEqual([]);
  });

  test("an async source, which is closed when saving fails", async () => {
    const files = new MemoryFiles();
    let closed = 0;
    async function* source(values: unknown[]) {
      try {
        for (const value of values) yield entry(value, value);
      } finally {
        closed++;
      }
    }
    await saveDump(path, source(["a", "b"]), { files });
    expect((await readAll({ files })).map((each) => each.key)).toEqual(["a", "b"]);
    await failureOf(saveDump(path, source(["a", () => 1, "c"]), { files }));
    expect(closed).toBe(2);
  });

  test("an entry larger than a block, compressed beyond what a reader would believe or not", async () => {
    for (const compress of compressions) {
      const files = new MemoryFiles();
      const given = [
        entry("zeros", new Uint8Array(3_000_000)),
        entry("text", "lorem ipsum ".repeat(200_000)),
        entry("a", 1),
      ];
      await saveDump(path, given, { files, compress });
      expectSame(await readAll({ files }), given);
    }
  });
});

describe("expiry", () => {
  const given = [
    entry("past", 1, { expiresAt: 999 }),
    entry("now", 1, { expiresAt: 1_000 }),
    entry("soon", 1, { expiresAt: 1_001 }),
    entry("never", 1),
  ];
  const keys = (entries: DumpEntry[]) => entries.map((each) => each.key);

  test("what has expired is left out of a save", async () => {
    const files = new MemoryFiles();
    const saved = await saveDump(path, given, { files, clock: clockAt(1_000) });
    expect([saved.entries, saved.skipped]).toEqual([2, 2]);
    expect(keys(await readAll({ files, clock: clockAt(0) }))).toEqual(["soon", "never"]);
  });

  test("what has expired since is left out of a restore, and counted", async () => {
    const files = new MemoryFiles();
    await saveDump(path, given, { files, clock: clockAt(0) });
    const dump = await openDump(path, { files, clock: clockAt(1_000) });
    const back: DumpEntry[] = [];
    for await (const batch of dump.entries()) back.push(...batch);
    expect([dump.count, dump.skipped, keys(back)]).toEqual([4, 2, ["soon", "never"]]);
  });

  test("no batch is empty, also when all of it has expired", async () => {
    const files = new MemoryFiles();
    await saveDump(
      path,
      entriesOf(3_000).map((each) => ({ ...each, expiresAt: 5 })),
      { files, clock: clockAt(0) },
    );
    const dump = await openDump(path, { files, clock: clockAt(9) });
    for await (const _ of dump.entries()) expect.unreachable("there is nothing to give out");
    expect(dump.skipped).toBe(3_000);
  });
});

describe("progress", () => {
  test("tells of every block, of both walks, and ends at the end", async () => {
    const files = new MemoryFiles();
    const saved: Progress[] = [];
    await saveDump(path, entriesOf(1_500), { files, onProgress: (each) => saved.push(each) });
    const bytes = (files.files.get(path) as Uint8Array).length;
    expect(saved.map((each) => each.entries)).toEqual([512, 1_024, 1_500]);
    expect(saved.at(-1)).toEqual({ phase: "save", entries: 1_500, bytes });

    const restored: Progress[] = [];
    await readAll({ files, onProgress: (each) => restored.push(each) });
    expect(restored.map((each) => each.phase)).toEqual(
      [..."vvvrrr"].map((each) => (each === "v" ? "verify" : "restore")),
    );
    expect(restored.map((each) => each.entries)).toEqual([512, 1_024, 1_500, 512, 1_024, 1_500]);
    for (const each of restored) expect(each.totalBytes).toBe(bytes);
  });

  test("throwing in it gives up: the old dump stays, nothing is applied, everything is closed", async () => {
    const files = new MemoryFiles();
    const old = await dumpOf(files, entriesOf(10));
    const giveUp = new Error("enough");
    const onProgress = () => {
      throw giveUp;
    };
    await expect(saveDump(path, entriesOf(5_000), { files, onProgress })).rejects.toBe(giveUp);
    await expect(openDump(path, { files, onProgress })).rejects.toBe(giveUp);
    expect([files.files.get(path), files.files.size, files.openCount]).toEqual([old, 1, 0]);
  });
});

describe("batches", () => {
  test("are small, and the event loop gets a turn between them, on both ways, also past expired entries", async () => {
    const files = new MemoryFiles();
    let turns = 0;
    let ticking = true;
    const tick = () => {
      turns++;
      if (ticking) setImmediate(tick);
    };
    setImmediate(tick);
    const expired = entriesOf(20_000).map((each) => ({ ...each, expiresAt: 0 }));
    await saveDump(path, [...entriesOf(20_000), ...expired], { files });
    expect(turns).toBeGreaterThan(25);

    turns = 0;
    const dump = await openDump(path, { files });
    expect(turns).toBeGreaterThan(15);
    for await (const batch of dump.entries()) expect(batch.length).toBeLessThanOrEqual(512);
    expect(turns).toBeGreaterThan(30);
    ticking = false;
  });

  test("a dump is given out once, and not after it was closed; closing twice is fine", async () => {
    const files = new MemoryFiles();
    await dumpOf(files, entriesOf(3));
    const dump = await openDump(path, { files });
    dump.entries();
    expect(() => dump.entries()).toThrow("once");
    await dump.close();
    await dump.close();
    expect(files.openCount).toBe(0);
    const other = await openDump(path, { files });
    await other.close();
    expect(() => other.entries()).toThrow("before it is closed");
  });

  test("leaving the loop early closes the file", async () => {
    const files = new MemoryFiles();
    await dumpOf(files, entriesOf(5_000));
    const dump = await openDump(path, { files });
    for await (const _ of dump.entries()) break;
    expect(files.openCount).toBe(0);
  });
});

describe("serializers", () => {
  test("the user's own takes keys and values, and its bytes are its own", async () => {
    const files = new MemoryFiles();
    const raw: Serializer = { id: "raw", encode: (value) => value as Uint8Array, decode: (bytes) => bytes };
    const given = [entry(Uint8Array.of(1), Uint8Array.of(2, 3)), entry(Uint8Array.of(4), new Uint8Array(0))];
    await saveDump(path, given, { files, serializer: raw });
    const back = await readAll({ files, serializer: raw });
    expect(back).toStrictEqual(given);
    expect((back[0].value as Uint8Array).buffer.byteLength).toBe(2);

    await saveDump(path, [entry("a", { b: 1 }, { tags: ["t"] })], { files, serializer: json });
    expect(await readAll({ files, serializer: json })).toEqual([entry("a", { b: 1 }, { tags: ["t"] })]);
  });

  test("a dump of one is not read by another", async () => {
    const files = new MemoryFiles();
    await dumpOf(files, entriesOf(1), { serializer: json });
    const failure = await failureOf(openDump(path, { files }));
    expect(failure).toBeInstanceOf(InvalidOptionError);
    expect(failure.message).toBe(
      'restore: option "serializer" must be the one with the id "json", which wrote this dump, got "stowage-value-1".',
    );
    expect(files.openCount).toBe(0);
  });

  test("one that fails, gives no bytes, or gives undefined back: typed errors", async () => {
    const files = new MemoryFiles();
    const fail = () => {
      throw new TypeError("no");
    };
    const broken = (part: Partial<Serializer>) => ({ ...json, ...part });
    const saving = (part: Partial<Serializer>) =>
      failureOf(saveDump(path, entriesOf(1), { files, serializer: broken(part) }));
    expect((await saving({ encode: fail })).message).toBe('The key "key0" cannot be saved: no.');
    expect((await saving({ encode: () => "text" as unknown as Uint8Array })).message).toContain(
      'the serializer "json" gave "text", no Uint8Array',
    );
    await dumpOf(files, entriesOf(1), { serializer: json });
    const reading = (decode: () => unknown) =>
      failureOf(openDump(path, { files, serializer: broken({ decode }) }));
    expect((await reading(fail)).message).toContain("after 0 entries: its key cannot be restored: no");
    expect((await reading(() => undefined)).message).toContain("its value is undefined");
    expect(await reading(fail)).toBeInstanceOf(CorruptDumpError);
  });
});

describe("classes", () => {
  class User {
    constructor(readonly name: string) {}
  }

  test("registered, instances come back", async () => {
    const files = new MemoryFiles();
    await dumpOf(files, [entry(new User("key"), [new User("Ann")])], { classes: [User] });
    const [back] = await readAll({ files, classes: [User] });
    expect(back.key).toEqual(new User("key"));
    expect((back.value as User[])[0]).toBeInstanceOf(User);
  });

  test("not registered, saving says which key, where and what to do, and leaves the old dump", async () => {
    const files = new MemoryFiles();
    const old = await dumpOf(files, entriesOf(1));
    const failure = await failureOf(saveDump(path, [entry("u1", { user: new User("Ann") })], { files }));
    expect(failure).toBeInstanceOf(SerializationError);
    expect(failure.message).toBe(
      'The value of key "u1" cannot be saved: an instance of User is of a class that is not registered; add it to the option classes (at .user).',
    );
    expect((failure as SerializationError).className).toBe("User");
    expect([files.files.get(path), files.files.size, files.openCount]).toEqual([old, 1, 0]);
  });

  test("forgotten, opening says so before anything is applied, though it is the last of many", async () => {
    const files = new MemoryFiles();
    await dumpOf(files, [...entriesOf(3_000), entry("u1", new User("Ann"))], { classes: [User] });
    const failure = await failureOf(openDump(path, { files }));
    expect(failure).toBeInstanceOf(SerializationError);
    expect(failure.message).toContain("after 3000 entries, its value cannot be restored");
    expect((failure as SerializationError).className).toBe("User");
  });
});

describe("other dumps", () => {
  test("another version is refused by name", async () => {
    const files = new MemoryFiles();
    const bytes = await dumpOf(files, entriesOf(1));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setUint16(8, 2, true);
    const length = view.getUint16(10, true);
    view.setUint32(length - 4, crc32(bytes.subarray(0, length - 4)), true);
    const failure = await failureOf(openDump(path, { files }));
    expect(failure).toBeInstanceOf(DumpVersionError);
    expect(failure).toMatchObject({ path, version: 2, supported: 1 });
  });

  test.each([
    ["empty", "", "it is empty"],
    ["a text file", "hello, this is no dump at all", "it does not begin as a dump does"],
    ["short", "hi", "it ends within the header"],
  ])("%s", async (_, content, message) => {
    const files = new MemoryFiles();
    files.files.set(path, new TextEncoder().encode(content));
    const failure = await failureOf(openDump(path, { files }));
    expect(failure).toBeInstanceOf(CorruptDumpError);
    expect(failure.message).toContain(message);
  });

  test("one that is not there", async () => {
    const failure = await failureOf(openDump("absent.dump", { files: new MemoryFiles() }));
    expect(failure).toBeInstanceOf(DumpIoError);
    expect(failure.message).toBe('Could not open "absent.dump": ENOENT: no such file.');
  });

  test("one that is written anew in place between the walks: noticed, with what was already given out", async () => {
    const files = new MemoryFiles();
    const other = (await dumpOf(files, entriesOf(20_000, "other"))).slice();
    const bytes = await dumpOf(files, entriesOf(20_000));
    const first = await openDump(path, { files });
    const middle = await openDump(path, { files });
    const whole = bytes.slice();
    bytes.set(other);
    expect((await failureOf(first.entries().next())).message).toContain("it was replaced while it was read");
    bytes.set(whole);
    const batches = middle.entries();
    await batches.next();
    bytes.set(other.subarray(bytes.length - 1_000), bytes.length - 1_000);
    const failure = await failureOf(drain(batches));
    expect(failure).toBeInstanceOf(CorruptDumpError);
    expect(failure.message).toContain("after 19456 entries: the checksum of a block does not fit");
    expect(failure.message).toContain("19456 entries were restored before it changed");
    expect(files.openCount).toBe(0);
  });

  test("one that is replaced by a save between the walks: the old one is read to its end", async () => {
    const files = new MemoryFiles();
    await dumpOf(files, entriesOf(3_000));
    const dump = await openDump(path, { files });
    await dumpOf(files, entriesOf(5));
    let count = 0;
    for await (const batch of dump.entries()) count += batch.length;
    expect(count).toBe(3_000);
  });
});

test("an entry that no restore would take is not written: the programmer's mistake, the old dump stays", async () => {
  const files = new MemoryFiles();
  const old = await dumpOf(files, entriesOf(1));
  const wrong = [
    { ttl: 0 },
    { idle: -1 },
    { weight: -1 },
    { expiresAt: Infinity },
    { ttl: null },
    { weight: NaN },
  ];
  for (const each of wrong) {
    const failure = await failureOf(saveDump(path, [entry("a", 1, each as Partial<DumpEntry>)], { files }));
    expect(failure).toBeInstanceOf(AssertionError);
  }
  expect([files.files.get(path), files.files.size]).toEqual([old, 1]);
});

describe("options", () => {
  test.each<[object, string]>([
    [{ compres: true }, 'save: there is no option "compres". Did you mean "compress"?'],
    [{ compress: "zip" }, 'option "compress" must be true or false, or one of "gzip", "brotli", got "zip"'],
    [{ serializer: {} }, 'option "serializer" must be a serializer'],
    [{ serializer: { ...json, id: "" } }, 'option "serializer" must be a serializer'],
    [{ serializer: json, classes: [Map] }, "classes are for the default serializer"],
    [{ classes: [5] }, 'option "classes[0]" must be a class, or {name, class, encode, decode}, got 5'],
    [{ onProgress: 1 }, 'option "onProgress" must be a function'],
    [{ files: {} }, 'option "files" must be a file system'],
  ])("%j is refused before any file is touched", async (options, message) => {
    const files = new MemoryFiles();
    const failure = await failureOf(saveDump(path, [], { files, ...options }));
    expect(failure).toBeInstanceOf(InvalidOptionError);
    expect(failure.message).toContain(message);
    expect(files.operations).toEqual([]);
  });

  test("restore takes no compress: the dump knows", async () => {
    const failure = await failureOf(openDump(path, { compress: true } as object));
    expect(failure.message).toContain('restore: there is no option "compress"');
  });

  test.each([[""], [5], [undefined], [new URL("file:///x")]])("the path %s is refused", async (wrong) => {
    expect(await failureOf(saveDump(wrong as string, []))).toBeInstanceOf(InvalidArgumentError);
    expect(await failureOf(openDump(wrong as string))).toBeInstanceOf(InvalidArgumentError);
  });

  test("the types are those of the documentation", () => {
    expectTypeOf(saveDump).returns.resolves.toEqualTypeOf<{
      entries: number;
      skipped: number;
      bytes: number;
    }>();
  });
});

/** Quick for large values, and right about properties called __proto__; the slow way only to show what differs. */
function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toStrictEqual(expected);
}

async function drain(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of batches);
}

/** An entry's options that are undefined are not there after a restore. */
function withoutUndefined(given: DumpEntry): DumpEntry {
  return Object.fromEntries(
    Object.entries(given).filter(([, each]) => each !== undefined),
  ) as unknown as DumpEntry;
}
