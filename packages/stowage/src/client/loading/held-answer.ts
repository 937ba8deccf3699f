/** An answer that was waited for on a stream, as one. */
import type { Clock } from "../../base/clock.js";
import type { TransportResponse, TransportStream } from "../transport/transport.js";

/** Once it has begun, such an answer is there: it is short, or it is broken. */
const BODY_MS = 5_000;

/** Leaves nothing open, whatever comes of it. */
export async function answerOf(
  stream: TransportStream,
  clock: Clock,
  signal: AbortSignal,
): Promise<TransportResponse> {
  let isLate = false;
  const close = (): void => stream.close();
  const timer = clock.setTimer(() => {
    isLate = true;
    close();
  }, BODY_MS);
  signal.addEventListener("abort", close, { once: true });
  try {
    let text = "";
    for await (const piece of stream.pieces) text += piece;
    signal.throwIfAborted();
    if (isLate) throw new Error(`its answer began, and did not end within ${BODY_MS} ms`);
    return { status: stream.status, header: (name) => stream.header(name), text };
  } finally {
    clock.clearTimer(timer);
    signal.removeEventListener("abort", close);
    stream.close();
  }
}
