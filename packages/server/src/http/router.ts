/**
 * Which route a request means. Found from the bytes of its path, so that the common request makes no string of it: a hash
 * over the bytes up to the `?`, and one comparison.
 *
 * The path is taken to the letter. Nothing is decoded, no `.` or `..` resolved, no slashes merged, no case folded: a path
 * that is written differently is another path, and there is nothing there. So no way of writing a path can lead past what
 * guards it.
 */
import type { RequestHead } from "stowage-http1";
import type { Route } from "./route.js";

const QUESTION = 0x3f;
const SLASH = 0x2f;
/** FNV-1a, 32 bits. */
const HASH_START = 0x811c9dc5 | 0;
const HASH_PRIME = 0x01000193;

/** What stands at one path. */
export interface Place {
  /** The path, or what comes before and after its open segment. */
  readonly before: Buffer;
  readonly after: Buffer | null;
  /** By method; HEAD stands for GET where there is no HEAD of its own. */
  readonly routes: { readonly method: string; readonly route: Route }[];
}

/** Where the parts of a target are, from the head's base; filled by `find`. */
export interface TargetParts {
  pathStart: number;
  pathEnd: number;
  segmentStart: number;
  segmentEnd: number;
}

export class Router {
  readonly #exact = new Map<number, Place[]>();
  readonly #patterns: Place[] = [];
  /** The exact path that was asked for last: most likely it is asked for again. */
  #last: Place | null = null;

  constructor(routes: readonly Route[]) {
    const places = new Map<string, Place>();
    for (const route of routes) {
      const place = places.get(route.path) ?? this.#add(route.path);
      places.set(route.path, place);
      if (place.routes.some(({ method }) => method === route.method)) {
        throw new Error(`two routes answer to ${route.method} ${route.path}`);
      }
      place.routes.push({ method: route.method, route });
    }
    for (const { routes: there } of places.values()) serveHead(there);
  }

  /** What stands at the path of the target; undefined: nothing. Says in `parts` where the path ends. */
  find(head: RequestHead, parts: TargetParts): Place | undefined {
    const { bytes, base } = head;
    const end = base + head.targetEnd;
    const first = base + head.targetStart;
    const start = bytes[first] === SLASH ? first : first + authorityLength(head);
    parts.pathStart = start - base;
    const last = this.#last;
    if (last !== null && isAt(bytes, start, end, last.before)) {
      parts.pathEnd = parts.pathStart + last.before.length;
      return last;
    }
    return this.#search(bytes, start, end, base, parts);
  }

  #search(bytes: Buffer, start: number, end: number, base: number, parts: TargetParts): Place | undefined {
    let hash = HASH_START;
    let at = start;
    for (; at < end && bytes[at] !== QUESTION; at++) hash = Math.imul(hash ^ bytes[at], HASH_PRIME);
    parts.pathEnd = at - base;
    const places = this.#exact.get(hash);
    if (places !== undefined) {
      for (const place of places) {
        if (!equals(bytes, start, at, place.before)) continue;
        this.#last = place;
        return place;
      }
    }
    return this.#match(bytes, start, at, base, parts);
  }

  #add(path: string): Place {
    const open = path.indexOf("{");
    const close = path.indexOf("}") + 1;
    const place: Place = {
      before: Buffer.from(open < 0 ? path : path.slice(0, open)),
      after: open < 0 ? null : Buffer.from(path.slice(close)),
      routes: [],
    };
    if (open < 0) {
      const hash = hashOf(place.before);
      this.#exact.set(hash, [...(this.#exact.get(hash) ?? []), place]);
    } else this.#patterns.push(place);
    return place;
  }

  #match(bytes: Buffer, start: number, end: number, base: number, parts: TargetParts): Place | undefined {
    for (const place of this.#patterns) {
      const { before, after } = place;
      const from = start + before.length;
      const to = end - after!.length;
      if (to < from || !equals(bytes, start, from, before) || !equals(bytes, to, end, after!)) continue;
      let at = from;
      while (at < to && bytes[at] !== SLASH) at++;
      if (at < to) continue;
      parts.segmentStart = from - base;
      parts.segmentEnd = to - base;
      return place;
    }
    return undefined;
  }
}

/** The route of a place for a method. */
export function routeAt(place: Place, method: string): Route | undefined {
  const { routes } = place;
  for (let index = 0; index < routes.length; index++) {
    if (routes[index].method === method) return routes[index].route;
  }
  return undefined;
}

function serveHead(routes: { method: string; route: Route }[]): void {
  const get = routes.find(({ method }) => method === "GET");
  if (get === undefined || routes.some(({ method }) => method === "HEAD")) return;
  routes.push({ method: "HEAD", route: get.route });
}

/**
 * How much of an absolute-form target stands before its path. RFC 9112 3.2.2: a server takes `http://host/path` as it
 * takes `/path`.
 */
function authorityLength(head: RequestHead): number {
  return /^https?:\/\/[^/?#]*/i.exec(head.target)?.[0].length ?? 0;
}

function hashOf(path: Buffer): number {
  let hash = HASH_START;
  for (const byte of path) hash = Math.imul(hash ^ byte, HASH_PRIME);
  return hash;
}

/** Whether the path that begins at `start` is this one: nothing follows but a query. */
function isAt(bytes: Buffer, start: number, end: number, path: Buffer): boolean {
  const after = start + path.length;
  return after <= end && (after === end || bytes[after] === QUESTION) && equals(bytes, start, after, path);
}

function equals(bytes: Buffer, start: number, end: number, path: Buffer): boolean {
  if (end - start !== path.length) return false;
  for (let at = 0; at < path.length; at++) if (bytes[start + at] !== path[at]) return false;
  return true;
}
