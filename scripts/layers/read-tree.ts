/**
 * Reads a workspace from disk into what check.ts works on: the TypeScript files of every workspace named in the
 * root package.json, and their manifests.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { Manifest, Tree } from "./check.js";

interface PackageJson {
  name: string;
  workspaces?: string[];
  exports?: Record<string, unknown>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const skipped = new Set(["node_modules", "dist", "fixtures", "coverage"]);

export function readTree(root: string): Tree {
  const top = readJson(join(root, "package.json"));
  const folders = (top.workspaces ?? []).flatMap((pattern) => workspaceFolders(root, pattern));
  const sources = new Map<string, string>();
  for (const folder of folders) readSources(root, folder, sources);
  return {
    sources,
    manifests: folders.map((folder) => manifestOf(root, folder)),
    rootDependencies: Object.keys(top.devDependencies ?? {}),
  };
}

/** `packages/*` or a plain folder name: the two forms the root package.json uses. */
function workspaceFolders(root: string, pattern: string): string[] {
  const names = pattern.endsWith("/*")
    ? readdirSync(join(root, pattern.slice(0, -2))).map((name) => `${pattern.slice(0, -1)}${name}`)
    : [pattern];
  return names.filter((name) => existsSync(join(root, name, "package.json"))).map((name) => `${name}/`);
}

function manifestOf(root: string, folder: string): Manifest {
  const json = readJson(join(root, folder, "package.json"));
  return {
    folder,
    name: json.name,
    entries: Object.keys(json.exports ?? {}).map((subpath) => posix.join(json.name, subpath)),
    dependencies: Object.keys({ ...json.dependencies, ...json.peerDependencies }),
    devDependencies: Object.keys(json.devDependencies ?? {}),
  };
}

function readSources(root: string, folder: string, into: Map<string, string>): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory() && !skipped.has(entry.name)) readSources(root, `${path}/`, into);
    else if (entry.isFile() && entry.name.endsWith(".ts"))
      into.set(path, readFileSync(join(root, path), "utf8"));
  }
}

function readJson(path: string): PackageJson {
  return JSON.parse(readFileSync(path, "utf8")) as PackageJson;
}
