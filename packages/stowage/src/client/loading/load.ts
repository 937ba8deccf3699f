/** One load of one key in this process, from the question who may load to its end; however many wait for it. */
import { AwaitedLoad, type Loaded } from "../../cache/services/waiting.js";
import type { Claim } from "./claim.js";

export type { Loaded };

export class Load extends AwaitedLoad {
  /** Once the loader may be called: by right of this, or `alone`. */
  claim: Claim | null = null;
  /** Whether one of those who wait wants a value also if the cache fails. */
  lenient = false;
  /** Set when this process writes the key: who comes later must not wait for what was loaded before. */
  closed = false;
  /** The number of the call among all calls of this client when the loader was called; 0: it has not been. */
  calledAt = 0;

  /**
   * @param renews it renews what is still live, so nobody who can have that waits for it
   * @param isForced no value from before it began will do for it
   */
  constructor(
    readonly renews: boolean,
    readonly isForced: boolean,
  ) {
    super();
  }

  get isOurs(): boolean {
    return this.claim !== null;
  }

  get isJoinable(): boolean {
    return !this.closed && !this.controller.signal.aborted;
  }

  /** Whether one who does not want what there is may wait for it: it will not find another one's value after all. */
  get isLoading(): boolean {
    return this.isForced || this.calledAt > 0;
  }
}
