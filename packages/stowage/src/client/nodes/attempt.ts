/**
 * One attempt at a request: a pass of the breaker, the transport, and what is to be learned from how it went.
 *
 * A failure, to the breaker, is a server that is away: no answer, or one of those by which a proxy or the server itself says
 * so (502, 503, 504). Any other answer shows that it is there. What a caller gave up, and a kept connection that the server
 * had closed, show nothing.
 */
import { DeadlineExceeded } from "../../resilience/deadline.js";
import { ServerUnavailableError } from "../errors.js";
import { type Transport, TransportError, type TransportRequest } from "../transport/transport.js";
import type { Call } from "./call.js";

interface Answered {
  readonly status: number;
}

const AWAY = new Set([502, 503, 504]);

export function saysAway(status: number): boolean {
  return AWAY.has(status);
}

/**
 * @param send the transport's `send` or `open`
 * @throws what `send` throws, and ServerUnavailableError where the breaker refuses
 */
export async function attempt<Result extends Answered>(
  call: Call,
  count: number,
  send: (transport: Transport, request: TransportRequest) => Promise<Result>,
): Promise<Result> {
  const { parts, deadline } = call;
  const pass = enter(call);
  const beganMs = parts.clock.now();
  parts.counts.requests += 1;
  try {
    const result = await send(parts.transport, call.transportRequest());
    if (saysAway(result.status)) parts.breaker?.failed(pass);
    else parts.breaker?.succeeded(pass);
    parts.lastAnswerMs = parts.clock.now();
    tell(call, count, beganMs, result.status);
    return result;
  } catch (thrown) {
    // Whatever a transport of the user's own makes of an abort.
    const error = deadline.isCancelled ? deadline.reason : thrown;
    if (isFailure(error, call)) {
      parts.lastFault = error;
      parts.breaker?.failed(pass);
    } else parts.breaker?.released(pass);
    parts.counts.failures += 1;
    tell(call, count, beganMs, undefined, error);
    throw error;
  }
}

function enter(call: Call): number {
  const { breaker, url, lastFault } = call.parts;
  if (breaker === null) return 0;
  const pass = breaker.enter();
  if (pass !== undefined) return pass;
  const next = breaker.leftMs > 0 ? `for another ${Math.ceil(breaker.leftMs)} ms` : "until it answers again";
  const reason = `it failed ${breaker.failures} times in a row, and is left alone ${next}`;
  throw new ServerUnavailableError({ node: url, what: call.what }, reason, lastFault);
}

/**
 * Callers may allow less time than the client does; only where they waited for at least half of its time does their timeout
 * say something of the server.
 */
function isFailure(error: unknown, { deadline, parts }: Call): boolean {
  if (error instanceof DeadlineExceeded) return deadline.timeoutMs * 2 >= parts.timeoutMs;
  return error instanceof TransportError && !error.isStale && !deadline.isCancelled;
}

function tell(
  { parts, request, operations }: Call,
  count: number,
  beganMs: number,
  status: number | undefined,
  error?: unknown,
): void {
  parts.onEvent?.({
    type: "request",
    node: parts.url,
    method: request.method,
    path: request.path,
    operations,
    status,
    durationMs: parts.clock.now() - beganMs,
    attempt: count,
    ...(error !== undefined && { error }),
  });
}
