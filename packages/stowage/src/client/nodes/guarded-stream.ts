/** An answer without an end, for a node: what breaks it is said as the client says it, and nothing is left when it is over. */
import type { TransportStream } from "../transport/transport.js";
import type { Call } from "./call.js";

export function guardedStream(stream: TransportStream, call: Call): TransportStream {
  return {
    status: stream.status,
    header: (name) => stream.header(name),
    pieces: { [Symbol.asyncIterator]: () => guardedPieces(stream, call) },
    close() {
      call.end();
      stream.close();
    },
  };
}

async function* guardedPieces(stream: TransportStream, call: Call): AsyncGenerator<string, void, undefined> {
  try {
    yield* stream.pieces;
  } catch (error) {
    throw call.errorOf(error);
  } finally {
    call.end();
  }
}
