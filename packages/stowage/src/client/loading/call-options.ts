/** What single calls of `fetch` and `remember` take, and what a loader may say of its value. */
import { type Bound, type Declares, declareOptions, option } from "../../base/options.js";
import { fetchOptions } from "../../cache/options/fetching.js";
import { type BoundLoadDefaults, type LoadOptions, loadDefaults } from "./options.js";

/** What a loader may say of its value with `commit(value, options)`. */
type LoadCommit = Pick<LoadOptions, "ttl" | "tags">;

const { force, signal, tags } = fetchOptions.specs;
const declared = { ...loadDefaults.specs, force, signal, tags };

export const loadOptions = declareOptions(declared satisfies Declares<LoadOptions>);
export type BoundLoadOptions = Bound<typeof declared>;

export const commitOptions = declareOptions({
  ttl: declared.ttl,
  tags: option<readonly string[], undefined>({
    ...tags,
    default: undefined,
    defaultText: "those of the call",
  }),
} satisfies Declares<LoadCommit>);

const NO_TAGS: readonly string[] = Object.freeze([]);

/** `fetch` without options. */
export function withoutOptions(bound: BoundLoadDefaults): BoundLoadOptions {
  return Object.freeze({ ...bound, tags: NO_TAGS, signal: undefined, force: false });
}

/** What the call says, else what the client says, checked. */
export function bindLoad(
  fallback: BoundLoadOptions,
  given: LoadOptions | undefined,
  where: string,
): BoundLoadOptions {
  if (given === undefined) return fallback;
  const bound = loadOptions.bind(given, where);
  const own = Object.entries(bound).filter(([name]) => given[name as keyof LoadOptions] !== undefined);
  return { ...fallback, ...Object.fromEntries(own) };
}
