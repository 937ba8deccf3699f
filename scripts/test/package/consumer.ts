/**
 * A user's project: an empty folder into which packed tarballs are installed, offline. `packAll` builds first, so what is
 * tested is what the sources say now.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const root = join(import.meta.dirname, "../../..");
const bin = join(root, "node_modules/.bin");

export interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface Packed {
  readonly manifest: Manifest;
  readonly tarball: string;
  /** Paths inside the package, and what they weigh unpacked. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/** Builds and packs what is published: folders of packages/. */
export function packAll(folders: readonly string[]): Packed[] {
  run("npm", ["run", "--silent", "build"], root);
  const destination = mkdtempSync(join(tmpdir(), "stowage-pack-"));
  return folders.map((folder) => pack(join(root, "packages", folder), destination));
}

function pack(folder: string, destination: string): Packed {
  const [{ filename, files, unpackedSize }] = JSON.parse(
    run("npm", ["pack", "--json", "--pack-destination", destination], folder),
  ) as [{ filename: string; files: { path: string }[]; unpackedSize: number }];
  return {
    manifest: manifestOf(folder),
    tarball: join(destination, filename),
    files: files.map(({ path }) => path),
    bytes: unpackedSize,
  };
}

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** What can be imported of a package: `stowage`, `stowage/testing`. */
export function subpathsOf({ name, exports: subpaths }: Manifest): string[] {
  return Object.keys(subpaths)
    .filter((subpath) => subpath !== "./package.json")
    .map((subpath) => join(name, subpath));
}

export class Consumer {
  readonly folder = mkdtempSync(join(tmpdir(), "stowage-consumer-"));

  /** Packages of ours come from their tarballs, those of others as they are installed in the workspace. */
  constructor(...packed: readonly Packed[]) {
    this.write("package.json", JSON.stringify({ name: "consumer", private: true }));
    const ours = packed.map(({ manifest }) => manifest.name);
    const others = packed.flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}));
    if (others.length === 0) {
      const tarballs = packed.map(({ tarball }) => tarball);
      run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...tarballs], this.folder);
    } else for (const each of packed) this.#unpack(each);
    // The one thing a real project has beside them: Node's types.
    const linked = others.filter((name) => !ours.includes(name));
    for (const name of ["@types/node", "undici-types", ...linked]) this.#link(name);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Runs a file and gives what it printed. */
  node(name: string, ...args: readonly string[]): string {
    return run(process.execPath, [name, ...args], this.folder).trim();
  }

  /** Type-checks files; throws with tsc's output when they do not pass. skipLibCheck is off: our .d.ts too. */
  tsc(files: readonly string[], options: Record<string, unknown>): void {
    const compilerOptions = { target: "ES2022", strict: true, noEmit: true, skipLibCheck: false, ...options };
    this.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
    run(join(bin, "tsc"), ["-p", "."], this.folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** As npm would, which asks a registry about packages that have dependencies. */
  #unpack({ manifest, tarball }: Packed): void {
    const folder = join(this.folder, "node_modules", manifest.name);
    mkdirSync(folder, { recursive: true });
    run("tar", ["-xzf", tarball, "--strip-components=1"], folder);
  }

  #link(name: string): void {
    const path = join(this.folder, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(root, "node_modules", name), path);
  }
}

/** Output of a command; its error carries what the command printed. */
export function run(command: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")} failed\n${stdout}\n${stderr}`, { cause: error });
  }
}
