/** What is asked of the file system beside writing and reading snapshots, which the table does: a test can make each fail. */
import { link, mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from "node:fs/promises";

/** Node's own functions, those that are used. */
export type StoreFiles = Readonly<{
  mkdir: typeof mkdir;
  readdir: (path: string) => Promise<string[]>;
  readFile: (path: string, encoding: "utf8") => Promise<string>;
  writeFile: (path: string, text: string, options: { flag: "wx"; mode: number }) => Promise<void>;
  rename: typeof rename;
  unlink: typeof unlink;
  utimes: typeof utimes;
  mtime: (path: string) => Promise<number>;
  link: typeof link;
}>;

export const systemFiles: StoreFiles = Object.freeze({
  mkdir,
  readdir: (path: string) => readdir(path),
  readFile: (path: string, encoding: "utf8") => readFile(path, encoding),
  writeFile,
  rename,
  unlink,
  utimes,
  mtime: async (path: string) => (await stat(path)).mtimeMs,
  link,
});

export function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
