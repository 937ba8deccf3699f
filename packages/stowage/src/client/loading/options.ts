/**
 * What `fetch` and `remember` take: the options of the in-process cache under the same names, but for `idle` and `weight`,
 * which a server does not have. Those of single calls stand in call-options.ts, which a client needs only once it loads.
 */
import { type Bound, type Declares, declareOptions, option } from "../../base/options.js";
import { fetchDefaults } from "../../cache/options/fetching.js";
import type { FetchDefaults, FetchOptions } from "../../cache/types.js";

/** Defaults of loading: `new Client({ fetch })`. They mean what they mean in [`Cache`](../../cache/types.ts). */
export type LoadDefaults = Omit<FetchDefaults, "idle">;

/** What one `fetch` or `remember` takes. */
export type LoadOptions = Omit<FetchOptions, "idle" | "weight">;

const { idle: _idle, ...specs } = fetchDefaults.specs;
const declared = { ...specs, ttl: option({ ...specs.ttl, defaultText: "the client's" }) };

export const loadDefaults = declareOptions(declared satisfies Declares<LoadDefaults>);
export type BoundLoadDefaults = Bound<typeof declared>;
