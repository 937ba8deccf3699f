/** Whether content is said to be JSON: `application/json`, or any type that ends with +json (RFC 6839 3.1). */
import type { RequestHead } from "stowage-http1";

const JSON_TYPE = /^application\/(?:[!#$%&'*+\-.^_`|~0-9a-z]+\+)?json[ \t]*(?:;|$)/i;

export function isJsonType(head: RequestHead): boolean {
  const type = head.header("content-type");
  return type === "application/json" || (type !== undefined && JSON_TYPE.test(type));
}
