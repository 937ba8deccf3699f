/**
 * The options of save and restore, declared once.
 */
import { type Clock, systemClock } from "../../base/clock.js";
import {
  checked,
  choice,
  either,
  flag,
  functionOf,
  listOf,
  type OptionType,
  objectWith,
} from "../../base/option-types.js";
import { type Bound, type ConflictRule, type Declares, declareOptions, option } from "../../base/options.js";
import { ClassRegistry, type RegisteredClass } from "./codec/classes.js";
import { type Serializer, ValueSerializer } from "./codec/serializer.js";
import type { Compression } from "./compress.js";
import { type FileSystem, nodeFileSystem } from "./files.js";
import type { Progress, RestoreOptions, SaveOptions } from "./types.js";

const serializerIdMax = 100;

const serializer: OptionType<Serializer> = checked(
  `a serializer (an object with encode, decode, and an id of 1 to ${serializerIdMax} characters)`,
  (value) => {
    const { id, encode, decode } = (value ?? {}) as Partial<Serializer>;
    if (typeof encode !== "function" || typeof decode !== "function") return false;
    return typeof id === "string" && id.length > 0 && id.length <= serializerIdMax;
  },
);
const anyClass: OptionType<RegisteredClass> = checked(
  "a class, or {name, class, encode, decode}",
  () => true,
);

const shared = {
  serializer: option({
    type: serializer,
    default: undefined,
    defaultText: "keeps JavaScript's own kinds of values",
    meaning: "how keys and values become bytes",
  }),
  classes: option({ type: listOf(anyClass), default: [], meaning: "classes whose instances are kept" }),
  onProgress: option({
    type: functionOf<(progress: Progress) => void>("(progress)"),
    default: undefined,
    meaning: "called after each block; throw in it to give up",
  }),
  clock: option({
    type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
    default: systemClock,
    defaultText: "the system's",
    meaning: "tells which entries have expired",
  }),
  files: option({
    type: objectWith<FileSystem>("a file system", "open", "stat", "rename", "unlink"),
    default: undefined,
    defaultText: "Node's",
    meaning: "where dumps are kept",
  }),
} satisfies Declares<RestoreOptions>;

const conflicts: readonly ConflictRule<Bound<typeof shared>>[] = [
  {
    options: ["classes", "serializer"],
    when: (_, given) => given.has("classes") && given.has("serializer"),
    right: "classes are for the default serializer; your own knows what it keeps",
  },
];

const compress = option({
  type: either(flag, choice("gzip", "brotli")),
  default: false,
  meaning: "compresses block by block; true means gzip",
});

export const restoreOptions = declareOptions(shared, conflicts);
export const saveOptions = declareOptions({ compress, ...shared } satisfies Declares<SaveOptions>, conflicts);

export interface Means {
  readonly serializer: Serializer;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** What the options amount to; `where` is the call that was given them. */
export function meansOf(bound: Bound<typeof shared>, where: string): Means {
  return {
    serializer: bound.serializer ?? new ValueSerializer(new ClassRegistry(bound.classes, where)),
    files: bound.files ?? nodeFileSystem(where),
    clock: bound.clock,
    onProgress: bound.onProgress,
  };
}

export function compressionOf(given: boolean | "gzip" | "brotli"): Compression {
  if (given === true) return "gzip";
  return given === false ? "none" : given;
}
