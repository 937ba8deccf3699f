/**
 * A file system in memory whose n-th operation fails, and which knows what is left open or lying about.
 */
import type { FileSystem, OpenFile } from "../../src/cache/persist/files.js";

export class MemoryFiles implements FileSystem {
  readonly files = new Map<string, Uint8Array>();
  readonly permissions = new Map<string, number | undefined>();
  /** What was asked for, in order. */
  readonly operations: string[] = [];
  openCount = 0;
  /** Which operations fail, counted from 1. */
  fails: (count: number, operation: string) => boolean = () => false;
  /** The most that one read or write does. */
  bytesAtOnce = Number.POSITIVE_INFINITY;

  async open(path: string, mode: "read" | "create", permissions?: number): Promise<OpenFile> {
    await this.step(`open ${mode}`);
    if (mode === "create") {
      if (this.files.has(path)) throw new Error("EEXIST: file already exists");
      this.files.set(path, new Uint8Array(0));
      this.permissions.set(path, permissions);
    }
    const opened = this.files.get(path);
    if (opened === undefined) throw new Error("ENOENT: no such file");
    this.openCount++;
    return this.#handle(path, opened);
  }

  async stat(path: string): Promise<{ permissions: number } | undefined> {
    await this.step("stat");
    return this.files.has(path) ? { permissions: this.permissions.get(path) ?? 0o644 } : undefined;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.step("rename");
    this.files.set(to, this.files.get(from) as Uint8Array);
    this.files.delete(from);
  }

  async unlink(path: string): Promise<void> {
    await this.step("unlink");
    if (!this.files.delete(path)) throw new Error("ENOENT: no such file");
  }

  async step(operation: string): Promise<void> {
    this.operations.push(operation);
    await Promise.resolve();
    if (this.fails(this.operations.length, operation)) throw new Error(`EIO: injected into ${operation}`);
  }

  /** Reads go to the file that was opened, also when another one has taken its name. */
  #handle(path: string, opened: Uint8Array): OpenFile {
    return {
      size: async () => {
        await this.step("size");
        return opened.length;
      },
      read: async (into, position) => {
        await this.step("read");
        const part = opened.subarray(position, position + Math.min(into.length, this.bytesAtOnce));
        into.set(part);
        return part.length;
      },
      write: async (bytes) => {
        await this.step("write");
        const part = bytes.subarray(0, this.bytesAtOnce);
        const before = this.files.get(path) as Uint8Array;
        this.files.set(path, new Uint8Array(Buffer.concat([before, part]))); // a Buffer's slice would be no copy
        return part.length;
      },
      sync: () => this.step("sync"),
      close: async () => {
        this.openCount--;
        await this.step("close");
      },
    };
  }
}
