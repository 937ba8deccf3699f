/** Answers that come in parts (RFC 9112 7.1), no faster than the client takes them. */
import type { Connection } from "stowage-http1";

/** Bytes that may wait for the client to read. */
const BACKLOG_MAX = 256 * 1_024;

/** Nobody is there any more to whom the rest of an answer could be sent. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";

  constructor() {
    super("the connection was lost before the answer was complete");
  }
}

export const LAST_CHUNK = "0\r\n\r\n";

/** Not for an empty text: an empty chunk is the last one. */
export function chunkOf(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/** Sends what waits. Settled as soon as more may be sent, or the connection is gone: then `onClose` is called as well. */
export async function drained(connection: Connection): Promise<void> {
  connection.flush();
  if (connection.backlog <= BACKLOG_MAX) return;
  const { onClose } = connection;
  await new Promise<void>((resolve) => {
    connection.onDrain = resolve;
    connection.onClose = () => {
      onClose?.();
      resolve();
    };
  });
  connection.onClose = onClose;
}
