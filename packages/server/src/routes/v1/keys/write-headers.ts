/** What the headers of a PUT say about the entry: how long it lives, its tags, what it is. All checked before anything is stored. */

import type { TableSetOptions } from "stowage/table";
import type { RequestHead } from "stowage-http1";
import { Fault } from "../../../http/fault.js";
import { KIND_BYTES, kindTypes } from "../../../stored/index.js";
import { DURATION, durationOf, graceBeside } from "../durations.js";
import { badHeader } from "../fault.js";

/** Of the table. */
const TAGS_MAX = 255;

export interface Wanted {
  readonly contentType: string;
  readonly graceMs: number;
  /** Time to live (grace included) and tags, for the table. */
  readonly options: TableSetOptions;
}

/** @param defaultTtlMs of entries whose request says nothing; null: for ever */
export function wantedBy(head: RequestHead, defaultTtlMs: number | null): Wanted {
  refuseParts(head);
  const ttlMs = ttlOf(head);
  const wantedGraceMs = graceOf(head);
  const livesMs = ttlMs === undefined ? defaultTtlMs : ttlMs;
  if (wantedGraceMs > 0 && livesMs === null)
    throw badHeader(
      "stowage-grace",
      "together with stowage-ttl: an entry that lives for ever has none",
      String(wantedGraceMs),
    );
  const graceMs = livesMs === null ? 0 : graceBeside(livesMs, wantedGraceMs);
  return {
    // RFC 9110 8.3: without a type, it is bytes.
    contentType: head.header("content-type") ?? kindTypes[KIND_BYTES],
    graceMs,
    options: {
      ttl: livesMs === null ? null : livesMs + graceMs,
      ...tagsOf(head),
    },
  };
}

/** RFC 9110 14.5: a PUT of a part must not be taken for one of the whole. 8.4: nor what is encoded for what is plain. */
function refuseParts(head: RequestHead): void {
  const range = head.header("content-range");
  if (range !== undefined) throw badHeader("content-range", "left out: an entry is stored whole", range);
  const encoding = head.header("content-encoding");
  if (encoding === undefined || encoding.toLowerCase() === "identity") return;
  throw new Fault(
    415,
    "unsupported_encoding",
    "content-encoding must be left out: values are stored as they are",
    {
      more: { header: "content-encoding" },
      fields: { "accept-encoding": "identity" },
    },
  );
}

/** Null: for ever; undefined: nothing is said. */
function ttlOf(head: RequestHead): number | null | undefined {
  const text = head.header("stowage-ttl");
  if (text === undefined) return undefined;
  if (text.toLowerCase() === "none") return null;
  const ms = durationOf(text);
  if (ms === undefined) throw badHeader("stowage-ttl", `${DURATION}, or none`, text);
  return ms;
}

function graceOf(head: RequestHead): number {
  const text = head.header("stowage-grace");
  if (text === undefined) return 0;
  const ms = durationOf(text);
  if (ms === undefined) throw badHeader("stowage-grace", DURATION, text);
  return ms;
}

/** Of `stowage-tags`. */
export function tagsOf(head: RequestHead): { tags?: readonly string[] } {
  const text = head.header("stowage-tags");
  if (text === undefined) return {};
  const tags = [...new Set(text.split(",").map((tag) => tagOf(tag.trim(), text)))].filter(
    (tag) => tag !== "",
  );
  if (tags.length > TAGS_MAX)
    throw badHeader("stowage-tags", `at most ${TAGS_MAX} tags`, `${tags.length} of them`);
  return tags.length === 0 ? {} : { tags };
}

/** Percent-encoding says what a header cannot: commas, characters beyond ASCII. */
function tagOf(tag: string, whole: string): string {
  try {
    if (!/[\x80-\xff]/.test(tag)) return decodeURIComponent(tag);
  } catch {
    // said below
  }
  throw badHeader(
    "stowage-tags",
    "tags separated by commas, percent-encoded where they are not ASCII",
    whole,
  );
}
