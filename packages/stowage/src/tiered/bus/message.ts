/**
 * How processes tell each other what changed: keys, marks and numbers, never values. A message is a JSON text:
 *
 *     {"v":1,"o":"6f1c…","s":7,"k":"keys","l":["users:1","users:2"]}     these keys were written or deleted
 *     {"v":1,"o":"6f1c…","s":8,"k":"tags","l":["t:users:new"],"e":1790…}  these marks were invalidated, with this epoch
 *     {"v":1,"o":"6f1c…","s":9,"k":"clear"}                               more than can be told: drop everything
 *     {"v":1,"o":"6f1c…","s":9,"k":"beat","n":31,"e":1790…}               that was the last one; it is alive, and knows this epoch
 *     {"v":1,"o":"6f1c…","s":9,"k":"bye"}                                 that was the last one for ever
 *
 * The first three count their origin's sequence up by one, the others repeat it. Whatever comes is read as if an enemy had
 * written it: what is not exactly like this is no message.
 */

export type BusMessage = {
  /** Of the process (and cache) that sent it: a random text. */
  readonly origin: string;
  /** 1, 2, 3, ... of that origin. */
  readonly seq: number;
} & (
  | { readonly kind: "keys"; readonly keys: readonly string[] }
  | { readonly kind: "tags"; readonly marks: readonly string[]; readonly epoch: number }
  | { readonly kind: "clear" | "bye" }
  | { readonly kind: "beat"; readonly beat: number; readonly epoch: number }
);

const VERSION = 1;
/** Far above what is sent: JSON of a few megabytes takes tens of milliseconds to read. */
const LENGTH_MAX = 4 * 1_024 * 1_024;
const ORIGIN = /^[\w-]{1,64}$/;

/** All but the end of a message with a list, whose texts follow as JSON: `…,"l":[`. */
export function listHead(origin: string, seq: number, kind: "keys" | "tags", epoch?: number): string {
  const told = epoch === undefined ? "" : `,"e":${epoch}`;
  return `${head(origin, seq, kind)}${told},"l":[`;
}

export const LIST_END = "]}";

export function clearText(origin: string, seq: number): string {
  return `${head(origin, seq, "clear")}}`;
}

export function beatText(origin: string, seq: number, beat: number, epoch: number): string {
  return `${head(origin, seq, "beat")},"n":${beat},"e":${epoch}}`;
}

export function byeText(origin: string, seq: number): string {
  return `${head(origin, seq, "bye")}}`;
}

/** Undefined: it is none, of another version, or too long. */
export function readMessage(text: string): BusMessage | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof given !== "object" || given === null) return undefined;
  const {
    v,
    o: origin,
    s: seq,
    k: kind,
    l: list,
    e: epoch,
    n: beat,
  } = given as Readonly<Record<string, unknown>>;
  if (v !== VERSION || typeof origin !== "string" || !ORIGIN.test(origin) || !isCount(seq)) return undefined;
  if (kind === "bye") return { origin, seq, kind };
  if (kind === "beat")
    return isCount(beat) && isCount(epoch) ? { origin, seq, kind, beat, epoch } : undefined;
  // These count; the first is 1.
  if (seq === 0) return undefined;
  if (kind === "clear") return { origin, seq, kind };
  if (!isTexts(list)) return undefined;
  if (kind === "keys") return { origin, seq, kind, keys: list };
  return kind === "tags" && isCount(epoch) ? { origin, seq, kind, marks: list, epoch } : undefined;
}

function head(origin: string, seq: number, kind: BusMessage["kind"]): string {
  return `{"v":${VERSION},"o":"${origin}","s":${seq},"k":"${kind}"`;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
