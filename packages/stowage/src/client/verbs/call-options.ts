/**
 * Options of single calls. Read as few of them as there are: `set(key, value, { ttl })` is on the hot path, and binding all
 * that it might take would cost more than the rest of it.
 */
import {
  checked,
  duration,
  flag,
  listOf,
  nonEmptyText,
  type OptionType,
  orNull,
  wholeNumber,
} from "../../base/option-types.js";
import { type DeclaresCall, declareCallOptions, type Given } from "../../base/options.js";
import type { NodeCallOptions } from "../nodes/types.js";
import type {
  BatchCallOptions,
  CallOptions,
  CompareOptions,
  IncrOptions,
  ScanOptions,
  WriteOptions,
} from "../types.js";

const durationOrNever = orNull(duration);
const text = checked<string>("a text", (value) => typeof value === "string");
const tags: OptionType<readonly string[]> = listOf(text);
const signal: OptionType<AbortSignal> = checked("an AbortSignal", (value) => value instanceof AbortSignal);

const calling = { signal, timeout: duration, local: nonEmptyText };
const writing = { ...calling, ttl: durationOrNever, grace: duration, tags };

export const callOptions = declareCallOptions(calling satisfies DeclaresCall<CallOptions>);
export const writeOptions = declareCallOptions(writing satisfies DeclaresCall<WriteOptions>);
export const compareOptions = declareCallOptions({
  ...writing,
  version: orNull(nonEmptyText),
} satisfies DeclaresCall<CompareOptions>);
export const incrOptions = declareCallOptions({
  ...calling,
  ttl: durationOrNever,
  default: checked<number>("a number", Number.isFinite),
} satisfies DeclaresCall<IncrOptions>);
export const scanOptions = declareCallOptions({
  ...calling,
  page: wholeNumber({ min: 1, max: 100_000 }),
} satisfies DeclaresCall<ScanOptions>);
export const batchCallOptions = declareCallOptions({
  ...calling,
  inOrder: flag,
} satisfies DeclaresCall<BatchCallOptions>);

export type BoundCall = Given<typeof calling>;
export type BoundWrite = Given<typeof writing>;

/** What a node takes of it; undefined: nothing that it would have to know. */
export function nodeOptions({ signal, timeout }: BoundCall): NodeCallOptions | undefined {
  return signal === undefined && timeout === undefined ? undefined : { signal, timeoutMs: timeout };
}
