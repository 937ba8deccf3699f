/**
 * Keys of the store as keys of the server: behind the prefix, and such that the path of a request can name them. Half a
 * surrogate pair has no UTF-8, so it stands as U+E000 and its four digits, and U+E000 itself likewise. Two different keys are two
 * different names, and what a key begins with, its name begins with: but for half a pair at the end of a prefix, which is
 * another name than that of the pair.
 */
const ESC = "\ue000";
const ODD = /[\ud800-\udfff\ue000]/gu;
const ESCAPED = /\ue000([0-9a-f]{4})/g;
const HALF_PAIR_AT_END = /[\ud800-\udbff]$/;

export function nameOf(prefix: string, key: string): string {
  return prefix + key.replace(ODD, (char) => ESC + char.charCodeAt(0).toString(16).padStart(4, "0"));
}

export function keyOf(prefix: string, name: string): string {
  return name
    .slice(prefix.length)
    .replace(ESCAPED, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Whether keys that begin with it may have names that do not begin with its name. */
export function isHalf(keyPrefix: string): boolean {
  return HALF_PAIR_AT_END.test(keyPrefix);
}

/** What the names of all keys that begin with it begin with. */
export function scannedOf(prefix: string, keyPrefix: string): string {
  return nameOf(prefix, keyPrefix.replace(HALF_PAIR_AT_END, ""));
}
