/**
 * Where in a value something sits, as one would write it: `.user.tags[2]`.
 *
 * For error messages only: a search through the whole value, after the fact, so that saving need not keep track.
 * It looks where the encoder looks: into properties, items, and keys and values of Maps and Sets.
 */

/** Wide or deep values may hold millions of objects; an error message is not worth a pause. */
const visitsMax = 100_000;

/** The way to the first place, or undefined when there is none (such as in what a class's own `encode` gave). */
export function pathTo(wanted: unknown, root: unknown): string | undefined {
  const seen = new Set<object>();
  let queue: [value: unknown, path: string][] = [[root, ""]];
  while (queue.length > 0 && seen.size < visitsMax) {
    const next: typeof queue = [];
    for (const [value, path] of queue) {
      if (value === wanted) return path;
      if (typeof value !== "object" || value === null || seen.has(value)) continue;
      seen.add(value);
      for (const part of partsOf(value)) next.push([part[0], path + part[1]]);
    }
    queue = next;
  }
  return undefined;
}

function* partsOf(value: object): Iterable<[part: unknown, step: string]> {
  if (ArrayBuffer.isView(value)) return;
  if (value instanceof Map) {
    for (const [key, each] of value) {
      yield [key, "(key)"];
      yield [each, typeof key === "string" ? `.get(${JSON.stringify(key)})` : "(value)"];
    }
  } else if (value instanceof Set) {
    for (const member of value) yield [member, "(member)"];
  }
  for (const name of Object.keys(value)) {
    const step = Array.isArray(value) ? `[${name}]` : `.${name}`;
    yield [(value as Readonly<Record<string, unknown>>)[name], step];
  }
}
