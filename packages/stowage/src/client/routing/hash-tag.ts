/** Keys that have to be on one server say so in braces: `{user:1}:posts` and `{user:1}:name` are where `user:1` is. */

/**
 * What of a key decides where it is: what stands between its first `{` and the first `}` after that, if there is anything;
 * else the whole key. The rule of Redis Cluster, so that keys brought from there stay together.
 */
export function routingPart(key: string): string {
  const open = key.indexOf("{");
  if (open < 0) return key;
  const close = key.indexOf("}", open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}
