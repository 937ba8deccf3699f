/** The body of what `fetch` brings, up to a bound, as UTF-8 that nothing is left out of. */
import { TransportError } from "./transport.js";

/** A byte order mark is a character of the value; `response.text()` would drop it. */
const decoder = () => new TextDecoder("utf-8", { ignoreBOM: true });
/** For whole texts. */
export const utf8 = decoder();

export async function textOf(response: Response, bytesMax: number): Promise<string> {
  if (response.body === null) return "";
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  if (length > bytesMax) throw tooLong(bytesMax);
  // The runtime sees to it that there is no more than that, unless it has been decompressed.
  if (length >= 0 && !response.headers.has("content-encoding"))
    return utf8.decode(await response.arrayBuffer());
  let text = "";
  let bytes = 0;
  for await (const piece of piecesOf(response, (read) => {
    bytes += read;
    if (bytes > bytesMax) throw tooLong(bytesMax);
  }))
    text += piece;
  return text;
}

/** Pieces of text as they come. @param count told how many bytes came; what it throws ends it */
export async function* piecesOf(
  { body }: Response,
  count: (bytes: number) => void = () => undefined,
): AsyncGenerator<string, void, undefined> {
  if (body === null) return;
  const text = decoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      count(value.length);
      const piece = text.decode(value, { stream: true });
      if (piece !== "") yield piece;
    }
    const rest = text.decode();
    if (rest !== "") yield rest;
  } finally {
    // Of a body that broke or was given up, there is nothing to be had; that is known already.
    reader.cancel().catch(() => undefined);
  }
}

function tooLong(bytesMax: number): TransportError {
  return new TransportError(`the answer has a body of more than ${bytesMax} bytes`, false);
}
