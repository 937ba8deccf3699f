/** The key of a number, and the number of a key. */
export const keyOf = (index: number) => `key:${index}`;
export const indexOf = (key: Buffer) => Number(key.toString().slice("key:".length));
