/** Guards with one mistake each, and the scenes that have to find it. */
import type { SceneMutant } from "../../support/scenes.js";

function mutant(foundBy: string, file: string, name: string, find: string, replace: string): SceneMutant {
  return { name, foundBy, edit: { file: `tiered/guard/${file}.ts`, find, replace } };
}

const GUARD = "a guarded store";
const DEADLINE = "a deadline";
const BREAKER = "the breaker";
const TURNS = "turns";
const CLOSE = "close";

export const mutants: readonly SceneMutant[] = [
  mutant(
    GUARD,
    "guarded-call",
    "keeps calls that have settled",
    "open.delete(this as GuardedCall<unknown>);",
    "",
  ),
  mutant(
    GUARD,
    "guarded-call",
    "does not count answers",
    "figures.ended(this.#verb, how, clock.now() - this.#beganMs);",
    "",
  ),
  mutant(
    GUARD,
    "store-guard",
    "asks for another lifetime",
    "this.#store.expire(key, ttlMs, call)",
    "this.#store.expire(key, null, call)",
  ),
  mutant(
    GUARD,
    "store-guard",
    "asks for another page",
    "this.#full.scan(prefix, options, call)",
    "this.#full.scan(prefix, { limit: 1 }, call)",
  ),
  mutant(
    DEADLINE,
    "guarded-call",
    "waits for the store for ever",
    '    this.#giveUp("timeout", this.#unavailable("timeout", reason));\n',
    "",
  ),
  mutant(
    CLOSE,
    "open-calls",
    "leaves its timer",
    "if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);",
    "",
  ),
  mutant(
    DEADLINE,
    "guarded-call",
    "keeps the turn of a call that hangs",
    "if (this.#hasTurn) turns.leave();\n    else turns",
    'if (this.#hasTurn) {\n      if (how !== "timeout") turns.leave();\n    } else turns',
  ),
  mutant(
    DEADLINE,
    "guarded-call",
    "gives a turn back twice",
    "if (this.#isSettled) return false;\n    this.#isSettled = true;",
    'if (this.#isSettled && how !== "answered") return false;\n    this.#isSettled = true;',
  ),
  mutant(
    DEADLINE,
    "guarded-call",
    "calls giving up a timeout",
    'this.#giveUp("aborted", signal.reason)',
    "this.timeOut()",
  ),
  mutant(
    DEADLINE,
    "guarded-call",
    "blames the store for who gave up",
    'else if (how === "aborted") breaker.released(this.#pass);',
    "",
  ),
  mutant(
    BREAKER,
    "guarded-call",
    "asks a store that is away",
    'if (this.#pass === undefined) {\n      this.#refuse("away");\n      return;\n    }',
    "",
  ),
  mutant(
    BREAKER,
    "guarded-call",
    "does not tell of success",
    'if (how === "answered") breaker.succeeded(this.#pass);\n    else if',
    "if",
  ),
  mutant(
    BREAKER,
    "guarded-call",
    "takes what the store says for a failure",
    "error instanceof StowageError && !AWAY.has(error.code)",
    "false",
  ),
  mutant(
    BREAKER,
    "guarded-call",
    "takes a store that is away for an answer",
    "error instanceof StowageError && !AWAY.has(error.code)",
    "error instanceof StowageError",
  ),
  mutant(BREAKER, "guarded-call", "passes over that the store was closed", '  "STOWAGE_CLOSED",\n', ""),
  mutant(
    BREAKER,
    "guarded-call",
    "says of what was not sent that it may have been done",
    'error instanceof StoreUnavailableError ? error.fault : "failed"',
    '"failed"',
  ),
  mutant(
    BREAKER,
    "guarded-call",
    "gives the store's own errors out",
    "this.#reject(isAnswer ? error : this.#unavailable(fault, reason, error));",
    "this.#reject(error);",
  ),
  mutant(TURNS, "turns", "lets all wait", "if (this.#waiting.size >= this.#waitingMax) return false;", ""),
  mutant(
    TURNS,
    "turns",
    "keeps who gave up",
    "this.#waiting.delete(begin);\n  }\n\n  /** One",
    "}\n\n  /** One",
  ),
  mutant(
    TURNS,
    "turns",
    "admits one only",
    "while (this.#underWay < this.#underWayMax && this.#waiting.size > 0) this.#admit();",
    "",
  ),
  mutant(
    TURNS,
    "turns",
    "admits the last one first",
    "const [next] = this.#waiting;",
    "const next = [...this.#waiting].pop() as Begin;",
  ),
  mutant(
    CLOSE,
    "store-guard",
    "leaves what is under way",
    "this.#state.open.endAll((call) => call.close());",
    "",
  ),
  mutant(
    CLOSE,
    "open-calls",
    "begins others while it closes",
    "[...this.#calls].reverse()",
    "[...this.#calls]",
  ),
  mutant(
    CLOSE,
    "store-guard",
    "works after close",
    "if (this.#closing !== undefined) return Promise.reject(new ClosedError(verb));",
    "",
  ),
  mutant(
    CLOSE,
    "store-guard",
    "waits for a store that does not close",
    "deadline.onCancel(() => reject(deadline.reason));",
    "",
  ),
  mutant(CLOSE, "store-guard", "is available after close", "this.#closing === undefined && (", "("),
];
