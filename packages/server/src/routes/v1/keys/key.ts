/** The key that a path below /v1/keys names: one segment, percent-encoded UTF-8. The empty segment is the empty key. */
import type { Exchange } from "../../../http/exchange.js";
import { Fault } from "../../../http/fault.js";

/** @throws Fault 400 for what is not UTF-8, 403 for a key that the token does not reach */
export function keyOf(exchange: Exchange): string {
  const { segment } = exchange;
  const key = segment.includes("%") ? decoded(segment) : segment;
  exchange.checkKey(key);
  return key;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Fault(
      400,
      "invalid_key",
      "the key must be UTF-8, percent-encoded: each % with two hexadecimal digits",
    );
  }
}
