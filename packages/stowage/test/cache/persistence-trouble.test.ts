/**
 * What happens beside a save or restore, and to them: writes, close, damaged dumps, a file system that fails. A dump that
 * cannot be restored leaves the cache as it was; a save that cannot be finished leaves the old dump.
 */
import { type Cache, ClosedError } from "stowage";
import { settle } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { clock, copyOf, eachTestOnItsOwn, files, make, path, renewFiles } from "./dumps.js";

eachTestOnItsOwn();

describe("beside a save", () => {
  it("the cache is written to: what is there all along is saved once, as it was at some moment", async () => {
    const cache = make<number>();
    for (let n = 0; n < 5_000; n++) cache.set(n, 0);
    const saving = cache.save(path, { files });
    for (let round = 1; round <= 15; round++) {
      for (let n = 0; n < 5_000; n += 7) if (n % 5 !== 0) cache.set(n, round);
      for (let n = 0; n < 5_000; n += 5) if (round % 2 === 0) cache.delete(n);
      for (let n = 0; n < 200; n++) cache.set(`new ${round} ${n}`, round);
      await settle();
    }
    const { entries } = await saving;
    const copy = make<number>();
    expect(await copy.restore(path, { files })).toEqual({ entries, skipped: 0 });
    expect(copy.size(), "no key twice").toBe(entries);
    for (let n = 0; n < 5_000; n++) {
      if (n % 5 === 0) continue;
      const value = copy.get(n);
      if (value === undefined || (n % 7 !== 0 && value !== 0))
        expect.unreachable(`${n} was saved as ${value}`);
    }
    cache.verify();
  });

  it("clear ends it early and soundly", async () => {
    const cache = make<number>();
    for (let n = 0; n < 3_000; n++) cache.set(n, n);
    let blocks = 0;
    const onProgress = (): void => void (++blocks === 1 && cache.clear());
    const { entries } = await cache.save(path, { files, onProgress });
    expect(entries).toBeLessThan(3_000);
    const copy = make<number>();
    await copy.restore(path, { files });
    for (const [key, value] of copy) expect(value).toBe(key);
  });

  it("two saves to one file at a time leave one whole dump", async () => {
    const cache = make<number>();
    for (let n = 0; n < 2_000; n++) cache.set(n, n);
    await Promise.all([cache.save(path, { files }), cache.save(path, { files, compress: true })]);
    expect([...files.files.keys()]).toEqual([path]);
    const copy = make<number>();
    await copy.restore(path, { files });
    expect(copy.size()).toBe(2_000);
  });

  it("progress is told, growing, with the file's size where it is known", async () => {
    const cache = make<number>();
    for (let n = 0; n < 2_000; n++) cache.set(n, n);
    const seen: { phase: string; entries: number; bytes: number; totalBytes?: number }[] = [];
    const onProgress = (progress: (typeof seen)[number]): void => void seen.push({ ...progress });
    const { bytes } = await cache.save(path, { files, onProgress });
    await make().restore(path, { files, onProgress });
    for (const phase of ["save", "verify", "restore"]) {
      const own = seen.filter((progress) => progress.phase === phase);
      expect(own.length, phase).toBeGreaterThan(1);
      expect(own.map(({ entries }) => entries)).toEqual(
        [...own.map(({ entries }) => entries)].sort((a, b) => a - b),
      );
      expect(own.at(-1)?.entries, phase).toBe(2_000);
      for (const { totalBytes } of own) expect(totalBytes).toBe(phase === "save" ? undefined : bytes);
    }
  });

  it("a progress function that throws gives it up, and the old dump stays", async () => {
    const cache = make<number>();
    cache.set("old", 1);
    await cache.save(path, { files });
    const old = files.files.get(path)?.slice();
    const boom = new Error("boom");
    const onProgress = (): never => {
      throw boom;
    };
    await expect(cache.save(path, { files, onProgress })).rejects.toBe(boom);
    expect(files.files.get(path)).toEqual(old);
    expect([...files.files.keys()]).toEqual([path]);
    const other = make<number>();
    await expect(other.restore(path, { files, onProgress })).rejects.toBe(boom);
    expect(other.size()).toBe(0);
  });
});

describe("closing", () => {
  it("during a save ends it with ClosedError, and the old dump stays", async () => {
    const cache = make<number>();
    for (let n = 0; n < 3_000; n++) cache.set(n, n);
    await cache.save(path, { files });
    const old = files.files.get(path)?.slice();
    cache.set("more", 1);
    let blocks = 0;
    const onProgress = (): void => void (++blocks === 2 && cache.close());
    await expect(cache.save(path, { files, onProgress })).rejects.toBeInstanceOf(ClosedError);
    expect(files.files.get(path)).toEqual(old);
    expect([...files.files.keys()]).toEqual([path]);
  });

  it("during a restore ends it with ClosedError, whatever it was doing", async () => {
    const source = make<number>();
    for (let n = 0; n < 3_000; n++) source.set(n, n);
    await source.save(path, { files });
    for (const [phase, count] of [
      ["verify", 1],
      ["verify", 3],
      ["restore", 1],
      ["restore", 3],
    ] as const) {
      const cache = make<number>();
      let seen = 0;
      const onProgress = (progress: { phase: string }): void => {
        if (progress.phase === phase && ++seen === count) cache.close();
      };
      await expect(cache.restore(path, { files, onProgress }), `${phase} ${count}`).rejects.toBeInstanceOf(
        ClosedError,
      );
      expect(files.openCount).toBe(0);
      expect(clock.pending).toBe(0);
    }
  });

  it("right after a save was asked for does not put an empty dump in place of the old one", async () => {
    const cache = make<number>();
    cache.set("a", 1);
    await cache.save(path, { files });
    const old = files.files.get(path)?.slice();
    const saving = cache.save(path, { files });
    cache.close();
    await expect(saving).rejects.toBeInstanceOf(ClosedError);
    expect(files.files.get(path)).toEqual(old);
  });

  it("during a first save leaves no file", async () => {
    const cache = make<number>();
    for (let n = 0; n < 1_500; n++) cache.set(n, n);
    const saving = cache.save(path, { files, onProgress: () => cache.close() });
    await expect(saving).rejects.toBeInstanceOf(ClosedError);
    expect([...files.files.keys()]).toEqual([]);
  });
});

describe("a dump that is damaged", () => {
  it("anywhere leaves the cache exactly as it was", async () => {
    const source = make<number>();
    for (let n = 0; n < 1_200; n++) source.set(`key ${n}`, n, { ttl: 1_000 + n, tags: [`t${n % 5}`] });
    await source.save(path, { files });
    const whole = files.files.get(path) as Uint8Array;

    const cache = make<number>({ max: 50, policy: "lru" });
    for (let n = 0; n < 60; n++) cache.set(`key ${n}`, -n, { ttl: 5_000 + n, tags: ["mine"], weight: 2 });
    cache.resetStats();
    const before = cache.export();
    for (let part = 0; part <= 20; part++) {
      const at = Math.min(whole.length - 1, Math.floor((whole.length * part) / 20));
      const changed = whole.slice();
      changed[at] ^= 0x10;
      for (const damaged of [changed, whole.slice(0, at), new Uint8Array([...whole, 0])]) {
        files.files.set(path, damaged);
        const failure = await cache.restore(path, { files }).catch((error: unknown) => error);
        expect(failure).toMatchObject({
          code: expect.stringMatching(/^STOWAGE_(CORRUPT_DUMP|DUMP_VERSION)$/),
        });
        expect(cache.export()).toEqual(before);
      }
    }
    cache.verify();
    expect(cache.stats()).toMatchObject({ writes: 0, removals: { replaced: 0, evicted: 0 } });
    files.files.set(path, whole);
    expect(await cache.restore(path, { files })).toMatchObject({ entries: 1_200 });
  });

  it("is not there, or is none: refused, with the path", async () => {
    const cache = make<number>();
    cache.set("a", 1);
    await expect(cache.restore("nowhere.dump", { files })).rejects.toMatchObject({ code: "STOWAGE_DUMP_IO" });
    files.files.set("empty", new Uint8Array());
    files.files.set("text", new TextEncoder().encode("this is no dump, but a text of some length"));
    for (const other of ["empty", "text"]) {
      await expect(cache.restore(other, { files })).rejects.toThrow(other);
    }
    expect([...cache]).toEqual([["a", 1]]);
  });
});

describe("each operation of the file system failing in turn", () => {
  const filled = (): Cache<unknown, number> => {
    const cache = make<number>();
    for (let n = 0; n < 1_100; n++) cache.set(n, n);
    return cache;
  };

  it("a save fails whole: the old dump, no file beside it, and a cache that can save again", async () => {
    const cache = filled();
    let faults = 0;
    for (let n = 1; ; n++) {
      renewFiles();
      const before = make<number>();
      before.set("old", 1);
      await before.save(path, { files });
      const old = files.files.get(path)?.slice();
      files.operations.length = 0;
      files.fails = (count) => count === n;
      const result = await cache.save(path, { files }).catch((error: unknown) => error);
      expect(files.openCount).toBe(0);
      if (files.operations.length < n) break;
      faults++;
      expect(result).toMatchObject({ code: "STOWAGE_DUMP_IO" });
      expect(files.files.get(path)).toEqual(old);
      expect([...files.files.keys()]).toEqual([path]);
    }
    expect(faults).toBeGreaterThan(6);
    files.fails = () => false;
    expect((await copyOf(cache)).size()).toBe(1_100);
  });

  it("a restore that fails before all was verified changes nothing", async () => {
    await filled().save(path, { files });
    let faults = 0;
    for (let n = 1; ; n++) {
      files.operations.length = 0;
      files.fails = (count) => count === n;
      const cache = make<number>();
      cache.set("mine", 1);
      let verified = false;
      const onProgress = ({ phase }: { phase: string }): void => {
        verified ||= phase === "restore";
      };
      const result = await cache.restore(path, { files, onProgress }).catch((error: unknown) => error);
      expect(files.openCount).toBe(0);
      if (files.operations.length < n) break;
      faults++;
      expect(result).toMatchObject({ code: "STOWAGE_DUMP_IO" });
      if (!verified) expect([...cache]).toEqual([["mine", 1]]);
      expect(cache.get("mine")).toBe(1);
      cache.verify();
    }
    expect(faults).toBeGreaterThan(3);
  });
});
