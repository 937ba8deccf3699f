/** What is checked of the arguments of patterns. */
import { InvalidArgumentError } from "../../base/errors.js";

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Members of sorted sets are texts that UTF-8 can say: two of them must not become one. */
export function checkMember(where: string, member: unknown): asserts member is string {
  if (typeof member !== "string" || LONE_SURROGATE.test(member))
    throw new InvalidArgumentError(where, "the member", member, "a text without halves of surrogate pairs");
}

export function checkKey(where: string, key: unknown): asserts key is string {
  if (typeof key !== "string") throw new InvalidArgumentError(where, "the key", key, "a text");
}

export function checkFinite(where: string, what: string, number: unknown): asserts number is number {
  if (typeof number !== "number" || !Number.isFinite(number))
    throw new InvalidArgumentError(where, what, number, "a finite number");
}

export function checkCount(where: string, what: string, count: unknown, min = 1): asserts count is number {
  if (!Number.isSafeInteger(count) || (count as number) < min)
    throw new InvalidArgumentError(where, what, count, `a whole number of at least ${min}`);
}
