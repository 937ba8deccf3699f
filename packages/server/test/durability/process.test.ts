/** Real processes: killed at any moment, on a disk that is full, in a directory that is not theirs. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, it } from "vitest";
import { bundled } from "../support/mutants.js";
import { temporaryPath } from "./support.js";

let program: string;

beforeAll(async () => {
  program = await bundled(new URL("./server.program.ts", import.meta.url));
});

const everyMs = 60;

type Message = Record<string, unknown>;

async function* messagesOf(child: ChildProcess): AsyncGenerator<Message> {
  for await (const line of createInterface({ input: child.stdout! })) yield JSON.parse(line);
}

async function answerOf(child: ChildProcess): Promise<Message> {
  for await (const message of messagesOf(child)) return message;
  return {};
}

describe("a process that is killed", () => {
  it("loses at most what came after the last snapshot; the next one starts at once with a whole file", async () => {
    const dir = temporaryPath();
    let atLeast = 0;
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [program, "count", dir, String(everyMs)]);
      /** By the number of snapshots: a count that had been written before the next but one was begun. */
      const marks: number[] = [];
      for await (const message of messagesOf(child)) {
        if ("found" in message) {
          expect(Number(message.found)).toBeGreaterThanOrEqual(atLeast);
          expect(message.log).not.toContain("the snapshot is damaged: what is sound of it was loaded");
          if (round > 0) expect(message.log).toContain("warm start");
          continue;
        }
        const { count, snapshots } = message as { count: number; snapshots: number };
        marks[snapshots] = count;
        atLeast = Math.max(atLeast, marks[snapshots - 2] ?? 0);
        if (snapshots >= 4 && count % 7 === round % 7) child.kill("SIGKILL");
      }
    }
    expect(atLeast).toBeGreaterThan(0);
    expect(readdirSync(dir).filter((name) => name.endsWith(".tmp")).length).toBeLessThanOrEqual(1);
  });
});

describe.skipIf(process.platform === "win32")("a disk", () => {
  it("that fills up leaves the snapshot before; it is said and counted", async () => {
    const dir = temporaryPath();
    // Files of this process end at 1,000 KiB; the second snapshot would be longer.
    const child = spawn("sh", [
      "-c",
      `ulimit -f 2000; exec "$0" "$@"`,
      process.execPath,
      program,
      "once",
      dir,
      "60000",
    ]);
    expect(await answerOf(child)).toEqual({
      first: true,
      second: false,
      failures: 1,
      errors: [
        expect.objectContaining({
          text: "snapshot failed; the one before is kept",
          fields: expect.objectContaining({ failures: 1, retryMs: 10_000 }),
        }),
      ],
    });
    expect(readdirSync(dir).sort()).toEqual(["lock", "table.snapshot"]);
  });

  it("that is not this user's to write to is refused, saying what it must be", async () => {
    const dir = temporaryPath();
    chmodSync(dirname(dirname(dir)), 0o755);
    chmodSync(dirname(dir), 0o755);
    mkdirSync(dir, { mode: 0o555 });
    const copy = join(dirname(dir), "program.mjs");
    copyFileSync(program, copy);
    // Root may write anywhere.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const child = spawn(process.execPath, [copy, "once", dir, "60000"], user);
    expect(await answerOf(child)).toMatchObject({
      code: "unusable",
      message: expect.stringMatching(/EACCES.*must be a directory that this user may write to/),
    });
  });
});
