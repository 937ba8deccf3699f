/** Nodes with one mistake each, and the scene that has to find it. */
import type { Edit } from "../../../../../../scripts/build/edited.js";

export interface Mutant {
  /** Completes "a node ...". */
  readonly name: string;
  readonly foundBy: string;
  readonly edits: readonly Edit[];
}

function mutant(name: string, foundBy: string, file: string, find: string | RegExp, replace: string): Mutant {
  const folder = file.startsWith("resilience/") ? "" : "client/nodes/";
  return { name, foundBy, edits: [{ file: folder + file, find, replace }] };
}

const retries: readonly Mutant[] = [
  mutant(
    "that sends twice what must not be",
    "what cannot be repeated is not sent twice",
    "call.ts",
    "error.unsent || this.request.isRepeatable",
    "true",
  ),
  mutant(
    "that does not send again what was not sent",
    "what was not sent is sent again, whatever it is",
    "call.ts",
    "error.unsent || this.request.isRepeatable",
    "this.request.isRepeatable",
  ),
  mutant(
    "that repeats writes to servers that say they are away",
    "servers that say they are away are asked again, where that does no harm",
    "call.ts",
    "isRepeatable && (saysAway",
    "(saysAway",
  ),
  mutant(
    "that repeats whatever a server refuses",
    "other faults of a server are not repeated, and other answers are no faults",
    "call.ts",
    "isRepeatable && (saysAway(status)",
    "isRepeatable && (true",
  ),
  mutant(
    "that takes a fault for an answer",
    "other faults of a server are not repeated, and other answers are no faults",
    "call.ts",
    "return status < 500 && status",
    "return status <= 500 && status",
  ),
  mutant(
    "that gives too many requests out as an answer",
    "too many requests are repeated when the server allows it, since none was looked at",
    "call.ts",
    " && status !== 429",
    "",
  ),
  mutant(
    "that takes a late timeout of its connection for an answer",
    "servers that say they are away are asked again, where that does no harm",
    "call.ts",
    " && status !== REQUEST_TIMEOUT",
    "",
  ),
  mutant(
    "that comes back before the server wants it",
    "too many requests are repeated when the server allows it, since none was looked at",
    "call.ts",
    "{ random, retryAfterMs }",
    "{ random }",
  ),
  mutant(
    "that tries once more than allowed",
    "it is given up after as many times as allowed, and the error says all",
    "call.ts",
    "count > retries",
    "count > retries + 1",
  ),
  mutant(
    "that pauses beyond its deadline",
    "a server that wants more time than there is, is not waited for",
    "call.ts",
    "pauseMs >= this.deadline.leftMs || ",
    "",
  ),
  mutant(
    "that pauses for a stale connection",
    "a stale connection costs no pause, and what cannot be repeated its request",
    "call.ts",
    "error.isStale ? 0 : pauseMs",
    "pauseMs",
  ),
  mutant(
    "that pauses the same each time",
    "what can be repeated is, after pauses that grow",
    "resilience/backoff.ts",
    "2 ** Math.max(0, attempt - 1)",
    "1",
  ),
  mutant(
    "whose attempts have a deadline each",
    "there is one deadline for all attempts",
    "call.ts",
    "return attempt(this, count, send)",
    "if (count > 1) Object.assign(this, { deadline: new Deadline(this.parts.clock, this.parts.timeoutMs) });\n    return attempt(this, count, send)",
  ),
  mutant(
    "that gives each call the client's deadline",
    "a call may have a deadline of its own",
    "call.ts",
    "options.timeoutMs ?? parts.timeoutMs",
    "parts.timeoutMs",
  ),
  mutant(
    "that says of an abort what its transport does",
    "a transport may say of an abort what it will",
    "attempt.ts",
    "deadline.isCancelled ? deadline.reason : thrown",
    "thrown",
  ),
  mutant(
    "that forgets why the last attempt failed",
    "there is one deadline for all attempts",
    "call.ts",
    "this.#lastError = error;",
    "",
  ),
  mutant(
    "that goes on pausing when it is given up",
    "who gives up hears his own reason, at any time",
    "resilience/deadline.ts",
    "const unlink = this.onCancel(over);",
    "const unlink = (): void => undefined;",
  ),
  mutant(
    "that leaves its timers behind",
    "what can be repeated is, after pauses that grow",
    "resilience/deadline.ts",
    "this.stopClock();\n    this.#unlink?.();",
    "this.#unlink?.();",
  ),
];

const breaking: readonly Mutant[] = [
  mutant(
    "that never leaves a server alone",
    "a server that failed several times in a row is left alone, and calls fail at once",
    "resilience/breaker.ts",
    'this.#state === "half-open" || this.#failures >= this.#failuresMax',
    'this.#state === "half-open"',
  ),
  mutant(
    "that counts failures of all time",
    "answers that say so count as failures, others show that the server is there",
    "resilience/breaker.ts",
    "this.#failures = 0;\n    if",
    "if",
  ),
  mutant(
    "that does not count answers of a proxy for a server that is away",
    "answers that say so count as failures, others show that the server is there",
    "attempt.ts",
    "if (saysAway(result.status)) parts.breaker?.failed(pass);\n    else ",
    "",
  ),
  mutant(
    "that counts stale connections as failures",
    "stale connections do not open the breaker",
    "attempt.ts",
    " && !error.isStale",
    "",
  ),
  mutant(
    "that counts every timeout as a failure",
    "what callers give up says nothing, and short timeouts do not either",
    "attempt.ts",
    "return deadline.timeoutMs * 2 >= parts.timeoutMs;",
    "return true;",
  ),
  mutant(
    "that counts no timeout as a failure",
    "what callers give up says nothing, and short timeouts do not either",
    "attempt.ts",
    "return deadline.timeoutMs * 2 >= parts.timeoutMs;",
    "return false;",
  ),
  mutant(
    "that tries on when the breaker has opened, and waits for that",
    "attempts stop when the breaker opens",
    "call.ts",
    " || (breaker !== null && breaker.leftMs > pauseMs)",
    "",
  ),
  mutant(
    "that never asks after health",
    "it asks after the server's health, and goes on by itself when it is well",
    "health.ts",
    'if (breaker?.state === "open") return breaker.leftMs <= 0;',
    'if (breaker?.state === "open") return false;',
  ),
  mutant(
    "that asks in the midst of a cooldown",
    "it asks less and less often, but as often as it was told",
    "resilience/breaker.ts",
    "Math.min(this.#nextCooldownMs * 2, this.#cooldownMaxMs)",
    "this.#cooldownMs",
  ),
  mutant(
    "that asks less and less often without end",
    "it asks less and less often, but as often as it was told",
    "create-node.ts",
    "Math.min(healthEveryMs, COOLDOWN_MAX_MS)",
    "COOLDOWN_MAX_MS",
  ),
  mutant(
    "that lets all try when the cooldown is over",
    "nobody is sent while it asks, and it asks one question at a time",
    "resilience/breaker.ts",
    'this.#state === "half-open" || this.leftMs > 0',
    "this.leftMs > 0",
  ),
  mutant(
    "that stays half-open when the one who tried gave up",
    "nobody is sent while it asks, and it asks one question at a time",
    "health.ts",
    "await attempt(call, 1, (transport, request) => transport.send(request));",
    "await attempt(call, 1, (transport, request) => transport.send({ ...request, cancellation: undefined, signal: undefined }));",
  ),
  mutant(
    "that asks servers that were just heard of",
    "a server that nobody has heard of for a while is asked, others are not",
    "attempt.ts",
    "parts.lastAnswerMs = parts.clock.now();",
    "",
  ),
  mutant(
    "that begins before its first call",
    "a server that nobody has heard of for a while is asked, others are not",
    "server-node.ts",
    "this.#batcher = new Batcher({",
    "this.#health?.begin();\n    this.#batcher = new Batcher({",
  ),
  mutant(
    "that asks after it was closed",
    "close ends all that is under way, and leaves nothing",
    "server-node.ts",
    "this.#health?.close();",
    "",
  ),
];

const calls: readonly Mutant[] = [
  mutant(
    "that takes as many requests as come",
    "no more is under way than allowed, and what is too much fails at once",
    "server-node.ts",
    "this.#requests >= this.#maxPending",
    "this.#requests < 0",
  ),
  mutant(
    "that counts requests for ever",
    "no more is under way than allowed, and what is too much fails at once",
    "server-node.ts",
    "readonly #onEnd = (): void => {\n    this.#requests -= 1;",
    "readonly #onEnd = (): void => {",
  ),
  mutant(
    "that forgets at close what is pausing",
    "close ends all that is under way, and leaves nothing",
    "server-node.ts",
    "for (const deadline of [...this.#parts.deadlines]) deadline.cancel(error);",
    "",
  ),
  mutant(
    "that takes requests when it is closed",
    "close ends all that is under way, and leaves nothing",
    "server-node.ts",
    "if (this.#isClosed) return { reason: closedError(this.url) };",
    "",
  ),
  mutant(
    "that sends no token",
    "a request is sent as it is, with the token",
    "call.ts",
    "let headers = parts.headers;",
    "let headers: Headers = {};",
  ),
  mutant(
    "that traces all attempts as one",
    "headers of tracing are asked for at each attempt",
    "call.ts",
    "if (inject !== undefined) headers",
    "if (inject !== undefined && this.parts.counts.requests === 1) headers",
  ),
  mutant(
    "that ends streams at their deadline",
    "a stream has a deadline for its head, and none for the rest",
    "server-node.ts",
    "call.deadline.stopClock();",
    "",
  ),
  mutant(
    "that leaves the timers of streams behind",
    "a stream that is refused is an error with what the server said, others come back with their status",
    "server-node.ts",
    /call\.end\(\);\s*throw call\.errorOf\(error\);/,
    "throw call.errorOf(error);",
  ),
  mutant(
    "that hands on what transports say of streams",
    "a stream that breaks, is closed or given up says so in the client's words",
    "guarded-stream.ts",
    "throw call.errorOf(error);",
    "throw error;",
  ),
  mutant(
    "that gives out streams that were refused",
    "a stream that is refused is an error with what the server said, others come back with their status",
    "server-node.ts",
    "!isAnswer(stream.status)",
    "stream.status >= 500",
  ),
  mutant(
    "that counts attempts for operations",
    "what is under way is counted",
    "call.ts",
    "parts.counts.operations += operations;",
    "parts.counts.operations += 1;\n    parts.counts.failures += 1;",
  ),
];

export const mutants: readonly Mutant[] = [...retries, ...breaking, ...calls];
