/** Lines on their way out: whole, in order, bounded, whatever the stream does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LineWriter, type Write } from "../../src/observe/line-writer.js";
import { broken, bundled } from "../support/mutants.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function refusal(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** A stream that takes what it is told to take. */
function streamOf(take: (bytes: Buffer) => number = (bytes) => bytes.length) {
  const writes: string[] = [];
  const write: Write = (bytes) => {
    const taken = take(bytes);
    writes.push(bytes.toString("latin1", 0, taken));
    return taken;
  };
  return { writes, writer: new LineWriter(write, (lines) => `lost ${lines}\n`) };
}

describe("a line writer", () => {
  it("gathers lines that nobody is in a hurry for, for 50 ms", () => {
    const { writer, writes } = streamOf();
    for (const line of ["a\n", "b\n"]) writer.line(line, false);
    vi.advanceTimersByTime(49);
    expect(writes).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(writes).toEqual(["a\nb\n"]);
  });

  it("writes urgent lines at once, behind what came before", () => {
    const { writer, writes } = streamOf();
    writer.line("a\n", false);
    writer.line("b\n", true);
    expect(writes).toEqual(["a\nb\n"]);
    vi.advanceTimersByTime(1_000);
    expect(writes).toEqual(["a\nb\n"]);
  });

  it("writes whole lines, at most 4,096 bytes at a time", () => {
    const { writer, writes } = streamOf();
    const lines = Array.from({ length: 200 }, (_, n) => `${String(n).padEnd(n % 150, "é")}\n`);
    for (const line of lines) writer.line(line, false);
    const long = `${"x".repeat(9_000)}\n`;
    writer.line(long, false);
    writer.flush();
    expect(Buffer.from(writes.join(""), "latin1").toString()).toBe(lines.join("") + long);
    for (const write of writes) {
      expect(write.endsWith("\n")).toBe(true);
      if (write !== long) expect(write.length).toBeLessThanOrEqual(4_096);
    }
    expect(writes.length).toBeLessThan(12);
  });

  it("waits for a pipe that is full, and goes on where it stopped", () => {
    let room = 3;
    const { writer, writes } = streamOf((bytes) => {
      if (room === 0) throw refusal("EAGAIN");
      const taken = Math.min(room, bytes.length);
      room -= taken;
      return taken;
    });
    writer.line("abcdef\n", true);
    expect(writes).toEqual(["abc"]);
    writer.line("gh\n", true);
    room = 2;
    vi.advanceTimersByTime(50);
    room = 100;
    vi.advanceTimersByTime(50);
    expect(writes.join("")).toBe("abcdef\ngh\n");
  });

  it("drops lines that nobody reads beyond a megabyte, and says how many", () => {
    let full = true;
    const { writer, writes } = streamOf((bytes) => {
      if (full) throw refusal("EAGAIN");
      return bytes.length;
    });
    const line = `${"x".repeat(99)}\n`;
    for (let n = 0; n < 20_000; n++) writer.line(line, false);
    full = false;
    vi.advanceTimersByTime(50);
    const text = writes.join("");
    const kept = text.split(line).length - 1;
    const [, lost] = /lost (\d+)\n$/.exec(text) ?? [];
    expect(kept * line.length).toBeLessThanOrEqual(2 ** 20);
    expect(kept * line.length).toBeGreaterThan(2 ** 20 - 4_096);
    expect(kept + Number(lost)).toBe(20_000);
    writer.line("after\n", true);
    expect(writes.at(-1)).toBe("after\n");
  });

  it("survives a stream that is gone or a disk that is full, and says what it cost", () => {
    let code = "EPIPE";
    const { writer, writes } = streamOf((bytes) => {
      if (code !== "") throw refusal(code);
      return bytes.length;
    });
    writer.line("a\n", true);
    code = "ENOSPC";
    writer.line("b\nc\n", true);
    code = "";
    writer.line("d\n", true);
    expect(writes).toEqual(["d\n", "lost 3\n"]);
  });

  it("waits for a slow reader at the end, but not for ever", () => {
    let refusals = 3;
    const { writer, writes } = streamOf((bytes) => {
      if (refusals-- > 0) throw refusal("EAGAIN");
      return bytes.length;
    });
    writer.line("last\n", false);
    writer.end();
    expect(writes).toEqual(["last\n"]);
    const stuck = streamOf(() => {
      throw refusal("EAGAIN");
    });
    stuck.writer.line("last\n", false);
    stuck.writer.end();
    expect(stuck.writes).toEqual([]);
  });
});

/** Three threads log at once into a pipe whose reader is slow. What arrived, line by line. */
async function linesOfThreads(program: string): Promise<string[]> {
  vi.useRealTimers();
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => {
    parts.push(part);
    // A reader that has something else to do: the pipe fills meanwhile.
    child.stdout.pause();
    setTimeout(() => child.stdout.resume(), 1);
  });
  await once(child, "close");
  return Buffer.concat(parts).toString().trimEnd().split("\n");
}

const isWhole = (line: string) => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};

describe("threads that log to one pipe", () => {
  const entry = new URL("./logging.program.ts", import.meta.url);

  it("never mix their lines, and lose none", async () => {
    const lines = await linesOfThreads(await bundled(entry));
    expect(lines.filter((line) => !isWhole(line))).toEqual([]);
    const seen = new Map<string, number[]>();
    for (const { worker = "supervisor", n } of lines.map((line) => JSON.parse(line)))
      seen.set(worker, [...(seen.get(worker) ?? []), n]);
    const each = Array.from({ length: 1_000 }, (_, n) => n);
    expect(Object.fromEntries(seen)).toEqual({ supervisor: each, 0: each, 1: each });
  });

  it("is tested: lines that are cut where a chunk is full", async () => {
    const edit = {
      file: "observe/line-writer.ts",
      find: "const taken = this.#write(chunk);",
      replace: "const taken = this.#write(chunk.subarray(0, 1_000));",
    };
    const lines = await linesOfThreads(await bundled(entry, [edit]));
    expect(lines.some((line) => !isWhole(line))).toBe(true);
  });

  it("is tested: a reader that is too slow costs lines", async () => {
    const edit = {
      file: "observe/line-writer.ts",
      find: 'if ((error as NodeJS.ErrnoException).code === "EAGAIN") return;',
      replace: "",
    };
    const { LineWriter: Broken } = await broken<typeof import("../../src/observe/line-writer.js")>(
      new URL("../../src/observe/line-writer.ts", import.meta.url),
      edit,
    );
    let full = true;
    const got: string[] = [];
    const writer = new Broken(
      (bytes) => {
        if (full) throw refusal("EAGAIN");
        got.push(String(bytes));
        return bytes.length;
      },
      () => "lost\n",
    );
    writer.line("a\n", true);
    full = false;
    writer.flush();
    expect(got).not.toContain("a\n");
  });
});
