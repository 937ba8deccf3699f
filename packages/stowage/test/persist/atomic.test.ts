/** On a real disk: one step from the old dump to the new one, with nothing left behind. */
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DumpIoError, UnavailableError } from "../../src/base/errors.js";
import { openDump } from "../../src/cache/persist/restore.js";
import { saveDump } from "../../src/cache/persist/save.js";
import { entriesOf, entry, failureOf, readAll } from "./support.js";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), "stowage-dump-"));
  path = join(folder, "users.dump");
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await fs.rm(folder, { recursive: true });
});

test("save and restore", async () => {
  const saved = await saveDump(path, entriesOf(5_000), { compress: "gzip" });
  expect((await fs.stat(path)).size).toBe(saved.bytes);
  expect(await readAll({}, path)).toStrictEqual(entriesOf(5_000));
  expect(await fs.readdir(folder)).toEqual(["users.dump"]);
});

test("while it is saved the old dump is there, whole", async () => {
  await saveDump(path, [entry("old", 1)]);
  async function* source() {
    for (let index = 0; index < 5_000; index++) {
      if (index === 3_000) expect((await readAll({}, path)).map((each) => each.key)).toEqual(["old"]);
      yield entry(index, index);
    }
  }
  await saveDump(path, source());
  expect(await readAll({}, path)).toHaveLength(5_000);
});

test("saves to one path at once: the last to end wins, whole", async () => {
  const sizes = [10, 2_000, 5_000];
  await Promise.all(sizes.map((size) => saveDump(path, entriesOf(size))));
  expect(sizes).toContain((await readAll({}, path)).length);
  expect(await fs.readdir(folder)).toEqual(["users.dump"]);
});

test.skipIf(process.platform === "win32")("a dump that others may not read stays one", async () => {
  await saveDump(path, entriesOf(1));
  await fs.chmod(path, 0o600);
  await saveDump(path, entriesOf(2));
  expect((await fs.stat(path)).mode & 0o777).toBe(0o600);
});

test("a restore goes on with the dump that it opened, whatever is saved meanwhile", async () => {
  await saveDump(path, entriesOf(5_000));
  const dump = await openDump(path);
  await saveDump(path, []);
  let count = 0;
  for await (const batch of dump.entries()) count += batch.length;
  expect(count).toBe(5_000);
});

test("no such folder, a folder in the file's place", async () => {
  const lost = await failureOf(saveDump(join(folder, "absent", "x.dump"), []));
  expect(lost).toBeInstanceOf(DumpIoError);
  expect(lost.message).toMatch(/^Could not create ".*": ENOENT/);
  expect((lost.cause as { code: string }).code).toBe("ENOENT");
  await fs.mkdir(path);
  expect((await failureOf(saveDump(path, []))).message).toMatch(/^Could not replace /);
  expect((await failureOf(openDump(path))).code).toMatch(/STOWAGE_(DUMP_IO|CORRUPT_DUMP)/);
  expect(await fs.readdir(folder)).toEqual(["users.dump"]);
});

test("off Node, without a file system given, it says what is missing", async () => {
  const { process: host } = globalThis;
  vi.stubGlobal("process", { ...host, getBuiltinModule: undefined });
  const failure = await failureOf(saveDump("x.dump", []));
  expect(failure).toBeInstanceOf(UnavailableError);
  expect(failure.message).toContain("save needs node:fs/promises");
});
