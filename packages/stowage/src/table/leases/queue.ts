/** Who waits for a lock, in the order asked: a short list in the lock's slot, changed under the lock of granting. */
import { L_QUEUE, LIST_WORDS } from "./layout.js";

/** Puts an attachment at the end, unless it is in the queue, or that is full: then it waits without a place in it. */
export function enqueue(words: Int32Array, at: number, owner: number): void {
  const count = words[at + L_QUEUE];
  for (let place = 0; place < count; place++) if (words[at + LIST_WORDS[place]] === owner) return;
  if (count === LIST_WORDS.length) return;
  words[at + LIST_WORDS[count]] = owner;
  words[at + L_QUEUE] = count + 1;
}

/** Takes the first who is alive out of it; 0: none. */
export function dequeue(words: Int32Array, at: number, isAlive: (owner: number) => boolean): number {
  while (words[at + L_QUEUE] > 0) {
    const first = words[at + LIST_WORDS[0]];
    const count = --words[at + L_QUEUE];
    for (let place = 0; place < count; place++)
      words[at + LIST_WORDS[place]] = words[at + LIST_WORDS[place + 1]];
    if (isAlive(first)) return first;
  }
  return 0;
}
