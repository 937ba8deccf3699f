/**
 * Tests as data, in groups: so that they run under vitest on the sources, and without it in bundles of sources that are broken on
 * purpose. Whoever has broken something has to be found by a group that is named with it.
 */
import type { Edit } from "../../../../scripts/build/edited.js";

export interface Scene {
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

export type Scenes = Readonly<Record<string, readonly Scene[]>>;

/** The real thing with one mistake, and the group of scenes that has to find it. */
export interface SceneMutant {
  readonly name: string;
  readonly edit: Edit;
  readonly foundBy: string;
}

type Group = (name: string, declare: () => void) => void;
type Declare = (name: string, run: Scene["run"]) => void;

/** Written as tests are: `scenes((group, scene) => group("close", () => scene("twice", () => { ... })))`. */
export function scenes(declare: (group: Group, scene: Declare) => void): Scenes {
  const all: Record<string, Scene[]> = {};
  let current: Scene[] = [];
  declare(
    (name, declareGroup) => {
      current = [];
      all[name] = current;
      declareGroup();
    },
    (name, run) => void current.push({ name, run }),
  );
  return all;
}

/** A scene that takes longer hangs: as a rule, nothing in them waits for real time. */
const LIMIT_MS = 1_000;

/** The first scene of the group that finds a fault, and which; undefined: none. */
export async function faultIn(all: Scenes, group: string, limitMs = LIMIT_MS): Promise<string | undefined> {
  for (const { name, run } of all[group]) {
    const fault = await faultOf(run, limitMs);
    if (fault !== undefined) return `${name}: ${fault}`;
  }
  return undefined;
}

async function faultOf(run: Scene["run"], limitMs: number): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still waiting after ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([run(), late]);
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    clearTimeout(timer);
  }
}
