/** stowage dump: all entries as lines of JSON. */

import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { type Client, getEntry, keysOf, lineOf } from "../../client/index.js";
import { text, whole } from "../../config/kinds.js";
import { command, option } from "../command.js";
import { count } from "../terminal/numbers.js";
import { Progress } from "../terminal/progress.js";
import type { Terminal } from "../terminal/terminal.js";

const pageSize = 1_000;

export const dump = command({
  name: "dump",
  about: "write all entries to a file, as lines of JSON",
  details: `A line an entry: {"key": "a", "value": ...} for JSON, which stays as it is digit for digit; "text" or "base64" with
    "type" for others; "expiresAt" in milliseconds since 1970 where it expires. Tags cannot be known, and are left out.
    It is no picture of one moment: others may write meanwhile. The file takes its name when it is whole.

    For backups of a server's own, --data-dir is faster and has everything.`,
  arguments: [{ name: "FILE", about: "where to; - or nothing: the standard output", optional: true }],
  options: {
    prefix: option(text("PREFIX"), "only keys that begin with it", null),
    connections: option(whole(1, 256), "requests at one time", 32),
  },
  remote: true,
  examples: [
    "stowage dump cache.jsonl",
    "stowage dump | gzip > cache.jsonl.gz",
    "stowage dump --prefix user: users.jsonl",
  ],
  async run({ args: [file], options, terminal, client }) {
    const server = client(options.connections);
    const progress = new Progress(
      terminal,
      "dumping",
      options.prefix === null ? await entriesOf(server) : null,
    );
    const target = file === undefined || file === "-" ? terminal : await FileTarget.create(file);
    let dumped = 0;
    try {
      for await (const keys of keysOf(server, options.prefix ?? "", null, pageSize)) {
        const entries = await Promise.all(keys.map((key) => getEntry(server, key, terminal.io.wall)));
        // What is gone by now is left out.
        const lines = entries.filter((entry) => entry !== undefined).map((entry) => `${lineOf(entry)}\n`);
        if (lines.length > 0) await target.write(lines.join(""));
        dumped += lines.length;
        progress.set(dumped);
      }
      if (target instanceof FileTarget) await target.finish();
    } catch (error) {
      if (target instanceof FileTarget) await target.discard();
      throw error;
    } finally {
      progress.end();
    }
    await report(terminal, options.json, dumped, target);
    return "done";
  },
});

/** On the standard output there are the entries themselves already. */
async function report(
  terminal: Terminal,
  json: boolean,
  dumped: number,
  target: Terminal | FileTarget,
): Promise<void> {
  if (target instanceof FileTarget && json)
    await terminal.line(JSON.stringify({ entries: dumped, file: target.path }));
  else terminal.say(`dumped ${count(dumped)} entries`);
}

/** null: this token may not know. */
async function entriesOf(server: Client): Promise<number | null> {
  const { status, body } = await server.send({ method: "GET", path: "/cache/stats" });
  return status === 200 ? (JSON.parse(body.toString("utf8")) as { size: number }).size : null;
}

/** A file that is there when it is whole. */
class FileTarget {
  readonly path: string;
  readonly #unfinished: string;
  readonly #file: FileHandle;

  private constructor(path: string, unfinished: string, file: FileHandle) {
    this.path = path;
    this.#unfinished = unfinished;
    this.#file = file;
  }

  static async create(path: string): Promise<FileTarget> {
    const unfinished = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    return new FileTarget(path, unfinished, await open(unfinished, "wx"));
  }

  async write(content: string): Promise<void> {
    await this.#file.appendFile(content);
  }

  async finish(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#unfinished, this.path);
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => {}); // it was closed already
    await unlink(this.#unfinished);
  }
}
