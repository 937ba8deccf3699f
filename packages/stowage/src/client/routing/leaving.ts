/**
 * Nodes of servers that have left the list. Each is closed once the calls under way have had their time; a server that
 * comes back before that (a name service wavers) goes on with the same node.
 */
import type { Clock, TimerHandle } from "../../base/clock.js";
import type { Node } from "../nodes/types.js";

export class LeavingNodes {
  readonly #clock: Clock;
  readonly #drainMs: number;
  readonly #all = new Map<string, { readonly node: Node; readonly timer: TimerHandle }>();

  constructor(clock: Clock, drainMs: number) {
    this.#clock = clock;
    this.#drainMs = drainMs;
  }

  get(url: string): Node | undefined {
    return this.#all.get(url)?.node;
  }

  add(url: string, node: Node): void {
    const timer = this.#clock.setTimer(() => {
      this.#all.delete(url);
      node.close();
    }, this.#drainMs);
    this.#all.set(url, { node, timer });
  }

  /** It is not closed any more. */
  takeBack(url: string): void {
    const leaving = this.#all.get(url);
    if (leaving === undefined) return;
    this.#all.delete(url);
    this.#clock.clearTimer(leaving.timer);
  }

  closeAll(): void {
    for (const [url, { node }] of [...this.#all]) {
      this.takeBack(url);
      node.close();
    }
  }
}
