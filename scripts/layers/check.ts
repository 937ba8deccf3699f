/**
 * The layer rules applied to a set of files. Pure: it gets paths and texts and returns what is wrong, so the
 * tests can show it a broken tree without writing one.
 *
 * Paths are relative to the workspace root, with forward slashes. An import of a file that is not there is left
 * to the compiler.
 */
import { builtinModules } from "node:module";
import { posix } from "node:path";
import { cyclesIn } from "./cycles.js";
import { type Import, importsOf } from "./imports.js";
import { browserRooms, crossings, houses, libraryFolder } from "./rules.js";

/** What the check must know of a workspace's package.json. */
export interface Manifest {
  /** Folder of the package with a trailing slash: `packages/stowage/`. */
  readonly folder: string;
  readonly name: string;
  /** Specifiers others may import: `stowage`, `stowage/testing`. */
  readonly entries: readonly string[];
  /** Installed for its users. */
  readonly dependencies: readonly string[];
  /** Installed for its own tests and scripts. */
  readonly devDependencies: readonly string[];
}

export interface Tree {
  readonly sources: ReadonlyMap<string, string>;
  readonly manifests: readonly Manifest[];
  /** devDependencies of the workspace root: test tools that every package may use outside its sources. */
  readonly rootDependencies: readonly string[];
}

const builtins = new Set(builtinModules);

export function checkLayers(tree: Tree): string[] {
  const problems: string[] = [];
  const edges = new Map<string, string[]>();
  for (const [file, text] of tree.sources) {
    const targets: string[] = [];
    for (const found of importsOf(file, text)) {
      const problem = problemWith(tree, file, found);
      if (problem !== undefined)
        problems.push(`${file}:${found.line} imports "${found.specifier}": ${problem}`);
      if (found.kind === "static" && isRelative(found)) targets.push(resolveImport(file, found));
    }
    edges.set(file, targets);
  }
  for (const cycle of cyclesIn(edges)) problems.push(`import cycle: ${cycle.join(" -> ")}`);
  return problems;
}

function problemWith(tree: Tree, file: string, found: Import): string | undefined {
  if (isRelative(found)) {
    const target = resolveImport(file, found);
    return roomProblem(file, target) ?? crossingProblem(tree, file, target);
  }
  if (isBuiltin(found.specifier)) return builtinProblem(file, found);
  return packageProblem(tree, file, found);
}

function roomProblem(file: string, target: string): string | undefined {
  const house = houseOf(file);
  if (house === undefined || house !== houseOf(target)) return undefined;
  const from = roomIn(house, file);
  const to = roomIn(house, target);
  if (from === to) return undefined;
  const allowed = houses[house][from];
  if (allowed === undefined) return `no rule for the room ${from}; add it to scripts/layers/rules.ts`;
  if (allowed.includes(to)) return undefined;
  return `${from} may import from ${allowed.length > 0 ? allowed.join(", ") : "no other room"}, not from ${to}`;
}

function crossingProblem(tree: Tree, file: string, target: string): string | undefined {
  const owner = ownerOf(tree, file);
  if (owner === undefined || target.startsWith(owner.folder)) return undefined;
  if (crossings.some((c) => file.startsWith(c.from) && target.startsWith(c.to))) return undefined;
  const entries = ownerOf(tree, target)?.entries ?? [];
  return `it leaves ${owner.folder}; ${entries.length > 0 ? `import ${entries.join(" or ")}` : "nothing may be imported from there"}`;
}

function builtinProblem(file: string, found: Import): string | undefined {
  if (houseOf(file) !== libraryFolder || found.kind === "type") return undefined;
  const room = roomIn(libraryFolder, file);
  if (!browserRooms.includes(room)) return undefined;
  return `${room} also runs in browsers; take Node's builtins at call time, through base/node.ts`;
}

function packageProblem(tree: Tree, file: string, found: Import): string | undefined {
  const owner = ownerOf(tree, file);
  const name = packageName(found.specifier);
  if (owner === undefined) return undefined;
  const known = tree.manifests.find((m) => m.name === name);
  if (known === owner && houseOf(file) !== undefined) return "a package does not import itself by name";
  if (known !== undefined && !known.entries.includes(found.specifier)) {
    return `${name} exports ${known.entries.join(", ") || "nothing"}`;
  }
  if (known === owner || isDeclared(tree, owner, file, name)) return undefined;
  return `${name} is not among the dependencies of ${owner.folder}package.json`;
}

function isDeclared(tree: Tree, owner: Manifest, file: string, name: string): boolean {
  if (owner.dependencies.includes(name)) return true;
  const published = file.startsWith(`${owner.folder}src/`) && owner.folder.startsWith("packages/");
  return !published && (owner.devDependencies.includes(name) || tree.rootDependencies.includes(name));
}

function isRelative(found: Import): boolean {
  return found.specifier.startsWith(".");
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") || builtins.has(specifier);
}

/** `./x.js` in a source is x.ts on disk. */
function resolveImport(file: string, found: Import): string {
  return posix.join(posix.dirname(file), found.specifier).replace(/\.js$/, ".ts");
}

/** `@scope/name/sub` -> `@scope/name`. */
function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function houseOf(file: string): string | undefined {
  return Object.keys(houses).find((folder) => file.startsWith(folder));
}

function roomIn(house: string, file: string): string {
  return file.slice(house.length).split("/")[0];
}

function ownerOf(tree: Tree, file: string): Manifest | undefined {
  return tree.manifests.find((m) => file.startsWith(m.folder));
}
