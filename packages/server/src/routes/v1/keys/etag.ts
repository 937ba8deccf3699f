/**
 * ETags and the conditions that are made of them (RFC 9110 8.8.3, 13.1).
 *
 * An entry's ETag is its version in the table, which grows with every write of the key: two values never have the same.
 * If-Modified-Since and If-Unmodified-Since are passed over, as RFC 9110 13.1.3 and 13.1.4 say for what has no date.
 */
import type { RequestHead } from "stowage-http1";
import { badHeader } from "../fault.js";

/** What a condition names: anything (`*`), or entity tags. */
export type Tags = "*" | readonly EntityTag[];

export interface EntityTag {
  readonly weak: boolean;
  /** Between the quotes. */
  readonly opaque: string;
}

export interface Conditions {
  readonly ifMatch: Tags | undefined;
  readonly ifNoneMatch: Tags | undefined;
}

export type Verdict = "pass" | "not-modified" | "failed";

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Undefined where the request has none. */
export function conditionsOf(head: RequestHead): Conditions | undefined {
  const ifMatch = head.header("if-match");
  const ifNoneMatch = head.header("if-none-match");
  if (ifMatch === undefined && ifNoneMatch === undefined) return undefined;
  return {
    ifMatch: ifMatch === undefined ? undefined : tagsOf("if-match", ifMatch),
    ifNoneMatch: ifNoneMatch === undefined ? undefined : tagsOf("if-none-match", ifNoneMatch),
  };
}

/**
 * In the order of RFC 9110 13.2.2: If-Match first.
 *
 * @param version of the entry that is there; 0: none
 */
export function judge({ ifMatch, ifNoneMatch }: Conditions, version: number): Verdict {
  if (ifMatch !== undefined && !matches(ifMatch, version, isStrongMatch)) return "failed";
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, version, isWeakMatch)) return "not-modified";
  return "pass";
}

function matches(tags: Tags, version: number, same: (tag: EntityTag, opaque: string) => boolean): boolean {
  if (version === 0) return false;
  if (tags === "*") return true;
  const opaque = String(version);
  return tags.some((tag) => same(tag, opaque));
}

/** RFC 9110 8.8.3.2: a weak tag is like nothing, strongly compared. */
function isStrongMatch(tag: EntityTag, opaque: string): boolean {
  return !tag.weak && tag.opaque === opaque;
}

function isWeakMatch(tag: EntityTag, opaque: string): boolean {
  return tag.opaque === opaque;
}

const ELEMENT = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(,|$)/y;

/** RFC 9110 5.6.1: a list may have empty elements, but not nothing else. */
function tagsOf(name: string, text: string): Tags {
  if (text.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  ELEMENT.lastIndex = 0;
  for (let end = ","; end === ","; ) {
    const found = ELEMENT.exec(text);
    if (found === null) throw notTags(name, text);
    if (found[2] !== undefined) tags.push({ weak: found[1] !== undefined, opaque: found[2] });
    end = found[3];
  }
  if (tags.length === 0) throw notTags(name, text);
  return tags;
}

function notTags(name: string, text: string): Error {
  return badHeader(name, 'entity tags such as "7" separated by commas, or *', text);
}
