/**
 * What counts as a plain object: one made by `{}`, by JSON.parse or with no prototype at all, in this or another realm.
 */

/** Whether this is `Object.prototype`, or that of another realm (an iframe, a vm context), which does the same. */
export function isObjectPrototype(prototype: object): boolean {
  if (prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** Whether an array is none of a subclass: every realm's Array.prototype is itself an array, no subclass's is. */
export function isPlainArray(array: readonly unknown[]): boolean {
  return Array.isArray(Object.getPrototypeOf(array));
}
