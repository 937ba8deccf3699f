/** One server a directory: locks of the living, the dead, and of those who cannot be asked. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeClock, settle } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { type Place, thisPlace } from "../../src/durability/place.js";
import * as scenes from "./scenes.js";
import { start, temporaryPath, until } from "./support.js";

const here: Place = { name: "here", pid: 10, startOf: (pid) => ({ 10: "100", 11: "110" })[pid] };

function locked(text: string): string {
  const dir = temporaryPath();
  mkdirSync(dir);
  writeFileSync(join(dir, "lock"), text);
  return dir;
}

const lockOf = (pid: number, start: string | null, place = "here") =>
  JSON.stringify({ token: "t", pid, start, place });

describe("a directory that is in use", () => {
  it("is refused to a second server, which is told who has it, and free after a close", async () => {
    expect(await scenes.twoServers()).toEqual([]);
  });

  it("goes to one of many who find the same stale lock", async () => {
    for (let round = 0; round < 5; round++) expect(await scenes.staleRace(8)).toEqual([]);
  });

  it("by a living process is refused at once", async () => {
    await expect(start({ dir: locked(lockOf(11, "110")), place: here })).rejects.toThrow(
      /in use: process 11 is using it.*its own data-dir.*remove .*lock/s,
    );
  });
});

describe("a lock of a process that is gone", () => {
  it.each([
    ["whose number nobody has", lockOf(12, "120")],
    ["whose number another process has by now", lockOf(11, "99")],
    ["whose number is this process's own", lockOf(10, "99")],
  ])("is taken over at once: %s", async (_, text) => {
    const { dir, close } = await start({ dir: locked(text), place: here, clock: undefined });
    expect(JSON.parse(readFileSync(join(dir, "lock"), "utf8"))).toMatchObject({ pid: 10, start: "100" });
    await close();
    expect(existsSync(join(dir, "lock"))).toBe(false);
  });
});

describe.each([
  ["of elsewhere", lockOf(1, "5", "another container")],
  ["of a process whose start cannot be told", lockOf(11, null)],
  ["that is no lock's text", "{"],
])("a lock %s", (_, text) => {
  it("that is renewed is refused", async () => {
    const dir = locked(text);
    const clock = new FakeClock();
    const starting = start({ dir, place: here, clock });
    const refused = expect(starting).rejects.toThrow(/in use: a server in another container/);
    await until(() => clock.pending > 0, "it watches");
    utimesSync(join(dir, "lock"), 1, 1);
    clock.advance(4_000);
    await refused;
  });

  it("that is not renewed for four seconds is taken over", async () => {
    const dir = locked(text);
    const clock = new FakeClock();
    let isOpen = false;
    const starting = start({ dir, place: here, clock }).then((run) => {
      isOpen = true;
      return run;
    });
    await until(() => clock.pending > 0, "it watches");
    clock.advance(3_999);
    await settle();
    expect(readFileSync(join(dir, "lock"), "utf8")).toBe(text);
    const passes = () => {
      clock.advance(50);
      return isOpen;
    };
    await until(passes, "it starts");
    await (await starting).close();
  });
});

describe("a lock that is held", () => {
  it("is renewed each second", async () => {
    const { dir, clock, close } = await start();
    const path = join(dir, "lock");
    utimesSync(path, 1, 1);
    clock.advance(1_000);
    await until(() => statSync(path).mtimeMs === clock.wall(), "it is renewed");
    await close();
  });

  it("and is taken over by another ends the snapshots, loudly", async () => {
    const { dir, clock, lines, store, figures, table } = await start();
    writeFileSync(join(dir, "lock"), lockOf(1, "1", "elsewhere"));
    clock.advance(1_000);
    await until(() => lines.some(({ level }) => level === "error"), "it is noticed");
    expect(lines.at(-1)?.text).toMatch(/no more snapshots are taken: another server has taken it/);
    expect(await store.snapshot()).toBe(false);
    expect(figures()).toMatchObject({ snapshots: 0, failures: 1 });
    expect(await store.close()).toEqual({ saved: false });
    expect(JSON.parse(readFileSync(join(dir, "lock"), "utf8"))).toMatchObject({ place: "elsewhere" });
    expect(clock.pending).toBe(0);
    table.close();
  });

  it("and is removed by somebody is put there again", async () => {
    const { dir, clock, close } = await start();
    rmSync(join(dir, "lock"));
    clock.advance(1_000);
    await until(() => existsSync(join(dir, "lock")), "it is back");
    await close();
  });
});

describe("where a process runs", () => {
  it("knows this process, and one that is not there", () => {
    const place = thisPlace();
    expect(place.pid).toBe(process.pid);
    expect(place.startOf(process.pid)).toEqual(place.startOf(process.pid));
    if (process.platform === "linux") expect(place.startOf(process.pid)).toMatch(/^\d+$/);
    expect(place.startOf(2 ** 22 + 1)).toBeUndefined();
  });
});
