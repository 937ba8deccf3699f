/**
 * A user's project: an empty folder into which the packed tarball is installed, offline, as `npm i stowage` would.
 * `packStowage` builds first, so what is tested is what the sources say now.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const bin = join(root, "node_modules/.bin");

export interface Packed {
  readonly tarball: string;
  /** Paths inside the package, and what they weigh unpacked. */
  readonly files: readonly string[];
  readonly bytes: number;
}

export function packStowage(): Packed {
  run("npm", ["run", "--silent", "build"], root);
  const folder = mkdtempSync(join(tmpdir(), "stowage-pack-"));
  const packed = run("npm", ["pack", "--json", "--pack-destination", folder], join(root, "packages/stowage"));
  const [{ filename, files, unpackedSize }] = JSON.parse(packed) as [
    { filename: string; files: { path: string }[]; unpackedSize: number },
  ];
  return { tarball: join(folder, filename), files: files.map(({ path }) => path), bytes: unpackedSize };
}

export class Consumer {
  readonly folder = mkdtempSync(join(tmpdir(), "stowage-consumer-"));

  constructor(tarball: string) {
    this.write("package.json", JSON.stringify({ name: "consumer", private: true }));
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], this.folder);
    // The one thing a real project has beside it: Node's types.
    mkdirSync(join(this.folder, "node_modules/@types"));
    symlinkSync(join(root, "node_modules/@types/node"), join(this.folder, "node_modules/@types/node"));
    symlinkSync(join(root, "node_modules/undici-types"), join(this.folder, "node_modules/undici-types"));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Runs a file and gives what it printed. */
  node(name: string): string {
    return run(process.execPath, [name], this.folder).trim();
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
