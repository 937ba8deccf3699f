/** The policies by name: the one list that the cache's option, the simulator and the documentation take theirs from. */
import { InvalidArgumentError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import { suggest } from "../../base/suggestion.js";
import { FifoPolicy } from "./fifo.js";
import { LruPolicy } from "./lru.js";
import { LrwPolicy } from "./lrw.js";
import { NonePolicy } from "./none.js";
import type { Policy } from "./policy.js";
import { S3FifoPolicy } from "./s3-fifo.js";
import { SievePolicy } from "./sieve.js";
import { TinyLfuPolicy } from "./tiny-lfu.js";

export interface PolicyOptions {
  /** Numbers from 0 up to 1, for the policies that draw lots (w-tinylfu). Default: Math.random. */
  random?: () => number;
}

const makers = {
  "w-tinylfu": (options: PolicyOptions) => new TinyLfuPolicy(options),
  lru: () => new LruPolicy(),
  lrw: () => new LrwPolicy(),
  fifo: () => new FifoPolicy(),
  sieve: () => new SievePolicy(),
  "s3-fifo": () => new S3FifoPolicy(),
  none: () => new NonePolicy(),
} satisfies Record<string, (options: PolicyOptions) => Policy>;

export type PolicyName = keyof typeof makers;

/** Every name that `createPolicy` knows, the default first. */
export const policyNames: readonly PolicyName[] = Object.freeze(Object.keys(makers) as PolicyName[]);

const optionNames: ReadonlySet<string> = new Set(["random"] satisfies (keyof PolicyOptions)[]);

/** A fresh policy, for one cache. */
export function createPolicy(name: PolicyName, options: PolicyOptions = {}): Policy {
  if (!Object.hasOwn(makers, name))
    throw new InvalidArgumentError("createPolicy", "name", name, expected(name));
  checkNames(options, optionNames, "createPolicy");
  return makers[name](options);
}

function expected(name: unknown): string {
  const meant = typeof name === "string" ? suggest(name, policyNames) : undefined;
  return `one of ${policyNames.join(", ")}${meant === undefined ? "" : ` (did you mean ${meant}?)`}`;
}
