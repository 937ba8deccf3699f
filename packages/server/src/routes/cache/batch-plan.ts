/** A batch of Lix's API, read; see batch/plan.ts. The row's own numbers: where ttl or amount stands. */
import { BatchPlan, commonMembers, OWN } from "../batch/plan.js";
import { amountAt, ttlAt } from "./numbers.js";

export const opNames = ["get", "set", "delete", "incr", "decr"] as const;
export const GET = 0;
export const SET = 1;
export const DELETE = 2;
export const INCR = 3;
export const DECR = 4;

const M_TTL = commonMembers.length;
const M_AMOUNT = M_TTL + 1;

export class CachePlan extends BatchPlan {
  constructor() {
    super(opNames, ["ttl", "amount"]);
  }

  protected override checkOperation(bytes: Buffer, op: number, at: number): void {
    if (op === GET) return;
    this.writes = true;
    if (op === SET) {
      this.takeValue(at);
      if (this.#own(at, M_TTL))
        ttlAt(bytes, this.rows[at + OWN], this.rows[at + OWN + 1], this.nameOf("ttl"));
    } else if (op !== DELETE && this.#own(at, M_AMOUNT))
      amountAt(bytes, this.rows[at + OWN], this.rows[at + OWN + 1], this.nameOf("amount"));
  }

  /** Notes where a member stands; whether it is there. */
  #own(at: number, member: number): boolean {
    this.rows[at + OWN] = this.members.starts[member];
    this.rows[at + OWN + 1] = this.members.ends[member];
    return this.members.starts[member] >= 0;
  }
}
