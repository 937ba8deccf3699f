/** Mistakes in the sources of loading over tiers, each of which the scenes have to find. */
import type { Edit } from "../../../../../scripts/build/edited.js";

export interface Mutant {
  readonly name: string;
  readonly edit: Edit;
}

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  edit: { file: `tiered/flight/${file}`, find, replace },
});

export const mutants: readonly Mutant[] = [
  mutant(
    "stores what L2 has refused in L1",
    "settling.ts",
    'if (stored === "refused") return { value, isCurrent: false };',
    "",
  ),
  mutant(
    "writes without the lease's token",
    "settling.ts",
    "return l2.fill(this.#flight.task.key, value, head, token);",
    'return token === "" ? Promise.resolve(false) : l2.write(this.#flight.task.key, value, head).then(() => true);',
  ),
  mutant(
    "marks a record with what is known after the load",
    "settling.ts",
    "epoch: this.#epoch }",
    "epoch: l2.epoch }",
  ),
  mutant(
    "writes what was overtaken where there are no leases",
    "settling.ts",
    "if (!this.#flight.isCurrent || ticket?.invalidated(head.tags) === true) return false;",
    "",
  ),
  mutant(
    "stores what was loaded without leave for as long as ever",
    "settling.ts",
    "isShort ? Math.min(this.#parts.host.downTtlMs, ttlMs ?? Number.POSITIVE_INFINITY) : ttlMs",
    "ttlMs",
  ),
  mutant(
    "writes alone what it was not leased",
    "settling.ts",
    "return this.#entered.isAlone || how.only",
    "return how.only",
  ),
  mutant(
    "tells nobody that it has filled",
    "settling.ts",
    '    if (stored === "stored") this.#parts.host.tell(key);\n    else if',
    "    if",
  ),
  mutant(
    "keeps the lease of a load that failed",
    "settling.ts",
    "    giveBack(host, host.l2, task.key, lease.token);\n  }",
    "  }",
  ),
  mutant(
    "leaves the old value where there is none any more",
    "settling.ts",
    "const isWritten = forMs > 0 || old !== undefined;",
    "const isWritten = forMs > 0;",
  ),
  mutant(
    "pauses nothing",
    "settling.ts",
    "if (isPausing) outcomes.failed(",
    "if (isPausing === null) outcomes.failed(",
  ),
  mutant("pauses for the fleet without doubling", "settling.ts", "how.backoff * factor", "how.backoff"),
  mutant(
    "pauses for this process alone",
    "settling.ts",
    "if (isPausing && old !== undefined && this.#pause(host.l2, lease.token)) return;",
    "",
  ),
  mutant("ignores what commit says of the ttl", "settling.ts", "[own?.ttl, how.ttl]", "[how.ttl]"),
  mutant(
    "keeps the lease of what cannot be stored",
    "settling.ts",
    "if (lease !== null) giveBack(host, l2, key, lease.token);",
    "if (lease !== null) void lease;",
  ),

  mutant(
    "loads without asking L2",
    "entering.ts",
    "    const way = this.#judge(read);\n    if (way !== undefined) return way;\n    this.#heedFailures();",
    "    this.#heedFailures();",
  ),
  mutant(
    "loads without a lease",
    "entering.ts",
    "return l2.canLease ? this.#byLease(l2)",
    "return l2 === null ? this.#byLease(l2)",
  ),
  mutant(
    "loads although another process does",
    "entering.ts",
    "if (patienceMs <= 0) return",
    "if (patienceMs <= until) return",
  ),
  mutant(
    "leases for less than the loader's timeout",
    "entering.ts",
    "timeout > 0 ? timeout + LEASE_MARGIN_MS : leaseTtl",
    "leaseTtl",
  ),
  mutant(
    "leaves a lease behind that was granted too late",
    "entering.ts",
    'if (answer.kind === "granted") giveBack(this.#parts.host, l2, this.#key, answer.token);',
    "",
  ),
  mutant(
    "gives the lease up with the caller",
    "entering.ts",
    "{ ttlMs, seen: this.#bytes });",
    "{ ttlMs, seen: this.#bytes }, this.#signal);",
  ),
  mutant(
    "takes a value for good under force",
    "entering.ts",
    "    if (this.#how.force) return undefined;\n    this.#keep",
    "    this.#keep",
  ),
  mutant(
    "does not keep in L1 what L2 has",
    "entering.ts",
    "    this.#keep(found);\n    const value",
    "    const value",
  ),
  mutant(
    "keeps under a ticket from before",
    "entering.ts",
    "if (round > 1) this.#flight.begin(l1.ticket(this.#key));",
    "",
  ),
  mutant(
    "tells nobody of a stale value",
    "entering.ts",
    "    this.#know(found, leftMs);\n    const isPatient",
    "    const isPatient",
  ),
  mutant(
    "reckons staleness from now",
    "entering.ts",
    "expiredAt: this.#parts.host.clock.now() + leftMs }",
    "expiredAt: this.#parts.host.clock.now() }",
  ),
  mutant(
    "does not heed the fleet's pauses",
    "entering.ts",
    "    if (this.#isWaiting) this.#parts.counts.shared++;\n    throw new Paused();",
    "",
  ),
  mutant(
    "heeds its own pauses alone where L2 is away",
    "entering.ts",
    "    if (way !== undefined) return way;\n    this.#heedFailures();",
    "    if (way !== undefined) return way;",
  ),
  mutant(
    "does not renew what L2 says is due",
    "entering.ts",
    "else if (this.#good === undefined && this.#isDue(found)) {",
    "else if (found === null) {",
  ),
  mutant("renews while L2 is away", "entering.ts", 'if (task.isBehind) return { kind: "left" };', ""),
  mutant(
    "does not fall back on L1's old value",
    "entering.ts",
    "this.#flight.know(stale ?? host.l1.stale(this.#key));",
    "",
  ),
  mutant(
    "fails where L2 is away",
    "entering.ts",
    '    host.onFault(error, "l2");\n    if (this.#good',
    "    if (error !== null) throw error;\n    if (this.#good",
  ),
  mutant("does not wake who waits", "bells.ts", "    this.#hasRung = true;\n    this.#wake?.();", ""),
  mutant(
    "joins what was overtaken",
    "flight.ts",
    "if (this.controller.signal.aborted || !this.isCurrent) return false;",
    "if (this.controller.signal.aborted) return false;",
  ),
  mutant(
    "joins what was given up",
    "flight.ts",
    "if (this.controller.signal.aborted || !this.isCurrent) return false;",
    "if (!this.isCurrent) return false;",
  ),
  mutant(
    "leaves tickets behind",
    "flight.ts",
    "    this.ticket?.end();\n    this.ticket = null;",
    "    this.ticket = null;",
  ),
  mutant("knows an old value longer than it may", "flight.ts", "    this.stale = undefined;\n", ""),
  mutant(
    "falls back on what was invalidated meanwhile",
    "flight.ts",
    " || this.#staleTags.includes(tag)",
    "",
  ),
  mutant(
    "does not wait for the flight from before",
    "flights.ts",
    "if (before !== undefined) {",
    "if (before === null) {",
  ),
  mutant(
    "loads again what came while it waited",
    "flights.ts",
    "if (value !== undefined) return { value, isCurrent: true };",
    "",
  ),
  mutant("has no hard timeout", "flights.ts", "if (how.timeout === 0) return null;", "return null;"),
  mutant(
    "leaves loads running when it closes",
    "flights.ts",
    'flight.controller.abort(new ClosedError("fetch"))',
    "flight.close()",
  ),
  mutant(
    "keeps ended flights",
    "flights.ts",
    "if (this.#current.get(key) === flight) this.#current.delete(key);",
    "",
  ),

  mutant(
    "gives what was overtaken to those who came later",
    "fetching.ts",
    "if (loaded.isCurrent || flight.calledAt >= calledAt)",
    "if (loaded !== null)",
  ),
  mutant(
    "gives nobody what was overtaken",
    "fetching.ts",
    "if (loaded.isCurrent || flight.calledAt >= calledAt)",
    "if (loaded.isCurrent)",
  ),
  mutant(
    "renews by the life that L1 gave it",
    "near.ts",
    "return this.#lives.of(key) ?? this.#loading",
    "return this.#loading",
  ),
  mutant(
    "never renews what L1 has",
    "fetching.ts",
    "if (early === false && ahead === 0) return;",
    "if (ahead < 2) return;",
  ),
  mutant(
    "forces nothing where another call is under way",
    "fetching.ts",
    "return how.force && !flight.isLoading ? undefined : flight;",
    "return flight;",
  ),
  mutant(
    "waits for L2 however long it takes",
    "fetching.ts",
    "if (how.softTimeout > 0) flight.spare ??= l1.stale(flight.task.key);",
    "",
  ),

  mutant(
    "asks L2 for each key",
    "bulk.ts",
    "...(!isLate && { read: () => this.#reads.then((reads) => reads.get(key) as Read) }),",
    "",
  ),
  mutant(
    "calls the loader for each key",
    "bulk.ts",
    "if (this.#hasCalled || part.isDecided)",
    "if (part !== null)",
  ),
  mutant(
    "waits for all leases of others before it loads",
    "bulk.ts",
    "onDetour: () => this.#decide(part),",
    "",
  ),
  mutant(
    "ends the one call with its first caller",
    "bulk.ts",
    "if (together.some(({ flight }) => flight.isWanted)) return;",
    "",
  ),

  mutant(
    "lets two functions share their entries",
    "wrap.ts",
    "if (other !== undefined && other !== fn)",
    "if (other === null)",
  ),
];

/** Those of them that the races have to find as well: what they are for. */
export const foundByRaces: readonly string[] = [
  "writes without the lease's token",
  "marks a record with what is known after the load",
  "loads without a lease",
  "keeps the lease of a load that failed",
  "leaves a lease behind that was granted too late",
];
