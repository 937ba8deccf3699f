/**
 * The file system as dumps need it: few operations, each of which a test can make fail.
 *
 * A driver is small and dumb: it may read or write less than it is asked to, and throws whatever its system throws.
 * The guards below do whole reads and writes, and give every failure its type.
 */
import { DumpIoError } from "../../base/errors.js";
import { nodeBuiltin } from "../../base/node.js";

export interface FileSystem {
  /** `create` fails when the file is there; `permissions` are those of the new file, for the system's default undefined. */
  open(path: string, mode: "read" | "create", permissions?: number): Promise<OpenFile>;
  /** Undefined when there is no such file. */
  stat(path: string): Promise<{ permissions: number } | undefined>;
  /** Replaces `to` in one step: whoever opens it gets the old file or the new one. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export interface OpenFile {
  size(): Promise<number>;
  /** Returns how many bytes were read; 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Appends; returns how many bytes were written. */
  write(bytes: Uint8Array): Promise<number>;
  /** Returns when everything is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Node's, got when it is first asked for. */
export function nodeFileSystem(feature: string): FileSystem {
  const fs = nodeBuiltin("node:fs/promises", feature);
  return {
    async open(path, mode, permissions) {
      return wrapHandle(await fs.open(path, mode === "read" ? "r" : "wx", permissions));
    },
    async stat(path) {
      try {
        return { permissions: (await fs.stat(path)).mode & 0o777 };
      } catch (error) {
        if ((error as { code?: unknown }).code === "ENOENT") return undefined;
        throw error;
      }
    },
    rename: (from, to) => fs.rename(from, to),
    unlink: (path) => fs.unlink(path),
  };
}

type NodeHandle = Awaited<ReturnType<typeof import("node:fs/promises").open>>;

function wrapHandle(handle: NodeHandle): OpenFile {
  return {
    size: async () => (await handle.stat()).size,
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    write: async (bytes) => (await handle.write(bytes)).bytesWritten,
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

/** Runs one operation; whatever it throws becomes a `DumpIoError`: "Could not {operation} {path}: ...". */
export async function guarded<Result>(
  operation: string,
  path: string,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    throw new DumpIoError(operation, path, cause);
  }
}

/** Writes all of the bytes; a system that takes none of them any more is a failure, not a reason to try for ever. */
export async function writeAll(file: OpenFile, path: string, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const rest = done === 0 ? bytes : bytes.subarray(done);
    const count = await guarded("write", path, () => file.write(rest));
    if (count <= 0) throw new DumpIoError("write", path, new Error("nothing was written"));
    done += count;
  }
}

/** Reads from `position` until `into` is full or the file ends; returns how many bytes that were. */
export async function readFully(
  file: OpenFile,
  path: string,
  into: Uint8Array,
  position: number,
): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const rest = done === 0 ? into : into.subarray(done);
    const count = await guarded("read", path, () => file.read(rest, position + done));
    if (count <= 0) break;
    done += count;
  }
  return done;
}

/** Throws `failure` again when it has been cleaned up after; says so when that failed as well. */
export async function failAfter(
  failure: unknown,
  operation: string,
  path: string,
  cleanUp: () => Promise<void>,
): Promise<never> {
  try {
    await cleanUp();
  } catch (second) {
    const message = `${messageOf(second)}; before that: ${messageOf(failure)}`;
    throw new DumpIoError(operation, path, new AggregateError([failure, second], message));
  }
  throw failure;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
