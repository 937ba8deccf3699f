/**
 * A stretch of time in which every change of a server's entries has been told. An entry belongs to the one in which it was
 * read, and is worth nothing once that is over: dropping everything that came from a server is one store, however much
 * that is, and asking whether an entry may be given out is one comparison with `knownUntilMs`.
 *
 * When servers come or go, keys move to others. Then each server's epoch has a successor, to which those of its entries
 * go over whose keys have stayed with it; whoever is asked for looks, so no call has to go through all entries.
 */
import type { Node } from "../nodes/types.js";

const NEVER = Number.NEGATIVE_INFINITY;

export class Epoch {
  readonly node: Node;
  /** All changes made before this moment of the client's clock are known. */
  knownUntilMs: number;
  /** What was read in it is not to be given out any more. */
  isOver = false;
  #successor: Epoch | undefined;

  constructor(node: Node, knownUntilMs = NEVER) {
    this.node = node;
    this.knownUntilMs = knownUntilMs;
  }

  /** Everything that was read in it is to be dropped. Returns the epoch that begins. */
  end(): Epoch {
    const next = new Epoch(this.node, this.knownUntilMs);
    this.isOver = true;
    this.knownUntilMs = NEVER;
    return next;
  }

  /** Servers came or went. Returns the epoch that takes its place. */
  hand(): Epoch {
    const next = new Epoch(this.node, this.knownUntilMs);
    this.knownUntilMs = NEVER;
    this.#successor = next;
    return next;
  }

  /** The one that has taken its place; itself, if none has. */
  get latest(): Epoch {
    let latest: Epoch = this;
    while (latest.#successor !== undefined) latest = latest.#successor;
    return latest;
  }
}
