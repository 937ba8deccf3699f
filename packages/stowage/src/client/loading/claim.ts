/**
 * The right to load a key and to store what comes of it: the fleet's lease of it.
 *
 * Invariant: once the key was written, deleted or invalidated by anybody after the claim was given, `store` and
 * `foundNothing` change nothing. The server sees to it.
 */
import type { Node } from "../nodes/types.js";
import { type Filled, type FillParts, fill, release } from "./lease.js";
import type { LoadingHost } from "./types.js";

export class Claim {
  readonly #host: LoadingHost;
  readonly #node: Node;
  readonly #key: string;
  readonly #token: string;
  #ended = false;

  constructor(host: LoadingHost, node: Node, key: string, token: string) {
    this.#host = host;
    this.#node = node;
    this.#key = key;
    this.#token = token;
  }

  /** @throws whatever kept it from being stored, other than that it is too late */
  async store(text: string, parts: FillParts): Promise<Filled> {
    this.#ended = true;
    const { near } = this.#host;
    near?.written(this.#key);
    try {
      return await fill(this.#node, this.#key, this.#token, text, parts);
    } finally {
      near?.written(this.#key);
    }
  }

  /** An old value goes; that there is none is remembered for so long. False: too late, nothing was changed. */
  async foundNothing(forMs: number, tags: readonly string[]): Promise<boolean> {
    this.#ended = true;
    const { near } = this.#host;
    near?.written(this.#key);
    try {
      return await release(this.#node, this.#key, this.#token, { forMs, tags });
    } finally {
      near?.written(this.#key);
    }
  }

  /** To be called in the end, whatever came of it. Nobody waits for it: at the worst, the lease ends by its time. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    release(this.#node, this.#key, this.#token).catch(this.#host.onFault);
  }
}
