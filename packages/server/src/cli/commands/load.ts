/** stowage load: entries from lines of JSON, as dump writes them. */
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Client, type Entry, entryOfLine, putRequest, RefusedError } from "../../client/index.js";
import { whole } from "../../config/kinds.js";
import { command, option, toggle } from "../command.js";
import { Failure } from "../failure.js";
import { count } from "../terminal/numbers.js";
import { Progress } from "../terminal/progress.js";

export const load = command({
  name: "load",
  about: "store the entries of a file, as dump writes it",
  details: `Entries that are there are replaced, unless --if-absent says otherwise. What has expired since the dump is left out. At
    a line that is wrong it stops, and says which one; what stands before it is loaded.`,
  arguments: [{ name: "FILE", about: "where from; - or nothing: the standard input", optional: true }],
  options: {
    "if-absent": toggle("leave entries alone that are there"),
    connections: option(whole(1, 256), "requests at one time", 32),
  },
  remote: true,
  examples: ["stowage load cache.jsonl", "zcat cache.jsonl.gz | stowage load"],
  async run({ args: [file], options, terminal, client }) {
    const isInput = file === undefined || file === "-";
    // Opened first, so that what is wrong with the file is said before anything is done.
    const opened = isInput ? null : await open(file);
    const input: Readable = opened?.createReadStream() ?? terminal.io.stdin;
    const bytes = opened === null ? null : (await opened.stat()).size;
    const progress = new Progress(terminal, "loading", bytes, "bytes");
    const loader = new Loader(client(options.connections), options["if-absent"], terminal.io.wall);
    try {
      await eachLine(input, options.connections, async (line, number, bytesDone) => {
        await loader.take(line, isInput ? "stdin" : file, number);
        progress.set(bytesDone);
      });
    } finally {
      progress.end();
    }
    const { loaded, expired, present } = loader;
    if (options.json) await terminal.line(JSON.stringify({ loaded, expired, present }));
    else
      terminal.say(
        `loaded ${count(loaded)} entries${told(expired, "had expired")}${told(present, "were there")}`,
      );
    return "done";
  },
});

function told(number: number, what: string): string {
  return number === 0 ? "" : `; ${count(number)} ${what}`;
}

class Loader {
  loaded = 0;
  expired = 0;
  /** Left alone. */
  present = 0;
  readonly #client: Client;
  readonly #headers: Record<string, string>;
  readonly #wall: () => number;

  constructor(client: Client, ifAbsent: boolean, wall: () => number) {
    this.#client = client;
    this.#headers = ifAbsent ? { "if-none-match": "*" } : {};
    this.#wall = wall;
  }

  async take(line: string, file: string, number: number): Promise<void> {
    if (line.trim() === "") return;
    const entry = entryAt(line, file, number);
    const leftMs = entry.expiresAt === null ? null : Math.ceil(entry.expiresAt - this.#wall());
    if (leftMs !== null && leftMs <= 0) this.expired++;
    else await this.#put(entry, leftMs, `${file}, line ${number}`);
  }

  async #put({ key, value, type, graceMs }: Entry, ttlMs: number | null, where: string): Promise<void> {
    try {
      const request = putRequest(key, value, type, { ttlMs, graceMs, headers: this.#headers });
      const { status } = await this.#client.expect(request, 412);
      if (status === 412) this.present++;
      else this.loaded++;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      throw new RefusedError(error.status, `${where}: ${error.message}`, error.code);
    }
  }
}

function entryAt(line: string, file: string, number: number): Entry {
  try {
    return entryOfLine(line);
  } catch (error) {
    throw new Failure(
      "local",
      `${file}, line ${number}: ${(error as Error).message}; it must be as "stowage dump" writes it`,
    );
  }
}

/** Calls `take` for each line, for so many of them at one time; rejects with the first failure, when all have ended. */
async function eachLine(
  input: Readable,
  atOnce: number,
  take: (line: string, number: number, bytesDone: number) => Promise<void>,
): Promise<void> {
  const working = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let number = 0;
  let bytesDone = 0;
  const broken = new Promise<never>((_, reject) => input.once("error", reject));
  broken.catch(() => {}); // it is looked at below
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  while (failures.length === 0) {
    const { done, value } = await Promise.race([lines.next(), broken]);
    if (done === true) break;
    bytesDone += Buffer.byteLength(value) + 1;
    const work: Promise<void> = take(value, ++number, bytesDone)
      .catch((error) => void failures.push(error))
      .finally(() => working.delete(work));
    working.add(work);
    if (working.size >= atOnce) await Promise.race(working);
  }
  await Promise.all(working);
  if (failures.length > 0) throw failures[0];
}
