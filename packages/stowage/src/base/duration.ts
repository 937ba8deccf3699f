/**
 * Durations: milliseconds as a number, or a short text: `"250ms"`, `"5s"`, `"5m"`, `"2h"`, `"1d"`, `"1w"`, `"1y"`,
 * combined from large to small as in `"1h30m"`, with decimals as in `"1.5h"`.
 *
 * Rounding: durations are whole milliseconds. Fractions are rounded up, so that nothing expires before it may and that
 * the smallest duration is 1 ms; the last bits that decimal arithmetic adds (1.1 h) are rounded off first.
 * A year is 365 days. There is no month: its length is not fixed and `m` is taken. Zero is refused, because readers
 * disagree whether it means "at once" or "never"; say `null` where never is meant.
 */
import { InvalidDurationError } from "./errors.js";

const unitMs = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
} as const;
const unitNames = Object.keys(unitMs) as DurationUnit[];

/** How the words begin that people write for the units: "5 minutes", "msec", "hrs". A month is none. */
const wordUnits = /^(ms|mil|s|mi|m$|h|d|w|y)/;

export type DurationUnit = keyof typeof unitMs;

/** Milliseconds above 0, or a text such as `"250ms"`, `"5s"`, `"5m"`, `"2h"`, `"1d"`, `"1w"`, `"1y"`, `"1h30m"`. */
export type Duration =
  | number
  | `${number}${DurationUnit}`
  | `${number}${DurationUnit}${number}${DurationUnit}`;

/** 1,000 years: beyond any use, and far below where sums with the wall clock would stop being exact or a valid Date. */
export const durationMaxMs = 1_000 * unitMs.y;

/** A program writes few different durations; one that makes them up as it goes must not grow the memo without end. */
const memoSizeMax = 256;
const memo = new Map<string, number>();

/** The duration in whole milliseconds. `where` and `option` name the culprit in the error: `set`, `ttl`. */
export function parseDuration(
  value: Duration | (string & {}),
  where = "parseDuration",
  option = "duration",
): number {
  if (typeof value === "number") return checkRange(value, value, where, option);
  const known = memo.get(value);
  if (known !== undefined) return known;
  if (typeof value !== "string") throw new InvalidDurationError(where, option, value, "is of the wrong kind");
  const ms = checkRange(parseText(value, where, option), value, where, option);
  if (memo.size >= memoSizeMax) memo.clear();
  memo.set(value, ms);
  return ms;
}

/** The shortest text for so many milliseconds, as `parseDuration` reads it: 5400000 -> `"1h30m"`. */
export function formatDuration(ms: number): string {
  let rest = Math.ceil(ms);
  let text = "";
  for (const unit of [...unitNames].reverse()) {
    const count = Math.floor(rest / unitMs[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs[unit];
  }
  return text === "" ? "0ms" : text;
}

function checkRange(ms: number, received: unknown, where: string, option: string): number {
  if (ms > 0 && ms <= durationMaxMs) return Number.isInteger(ms) ? ms : roundUp(ms);
  throw new InvalidDurationError(where, option, received, rangeFault(ms), rangeHint(ms));
}

/** Up to the next whole millisecond; what is less than a microsecond above one is an artefact of arithmetic. */
function roundUp(ms: number): number {
  return Math.max(1, Math.ceil(Math.round(ms * 1_000) / 1_000));
}

function rangeFault(ms: number): string {
  if (Number.isNaN(ms)) return "is not a number";
  if (ms > durationMaxMs) return "is above the maximum of 1,000 years";
  return "is not above zero";
}

/** Infinity and the like are meant as "never", for which every option has its own word; there is no nearest text. */
function rangeHint(ms: number): string | undefined {
  return Number.isFinite(ms) && ms > durationMaxMs ? "1000y" : undefined;
}

function parseText(text: string, where: string, option: string): number {
  const part = /(\d+(?:\.\d+)?)(ms|[smhdwy])/y;
  let total = 0;
  let largest = Number.POSITIVE_INFINITY;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (found === null) throw new InvalidDurationError(where, option, text, textFault(text), textHint(text));
    const unit = unitMs[found[2] as DurationUnit];
    if (unit >= largest)
      throw new InvalidDurationError(where, option, text, "has its units out of order or twice");
    largest = unit;
    total += Number(found[1]) * unit;
  }
  return text === "" ? Number.NaN : total;
}

function textFault(text: string): string {
  if (/^[-+]/.test(text)) return "has a sign";
  if (/^\d+(\.\d+)?$/.test(text)) return "has no unit";
  if (/\s/.test(text)) return "has spaces in it";
  return `has a unit other than ${unitNames.join(", ")}`;
}

/** The text that was probably meant, when amount and unit can be told apart: "5 minutes" -> "5m", "10" -> "10ms". */
function textHint(text: string): string | undefined {
  const loose = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  if (loose === null) return undefined;
  const word = (loose[2] as string).toLowerCase();
  if (word === "") return `${loose[1]}ms`;
  const begin = wordUnits.exec(word)?.[1];
  return begin && loose[1] + (begin === "mil" ? "ms" : begin === "mi" ? "m" : begin);
}
