/** Values as they come over HTTP, made into what lies in the table. */
import { isUtf8 } from "node:buffer";
import { noBytes } from "stowage-http1";
import { JsonError, JsonScanner } from "../json/scan.js";
import { typedBy } from "./content-type.js";
import { GRACE_FLAG, KIND_JSON, TRAILER_FLAG, TYPE_BYTES_MAX, withTrailer } from "./layout.js";

export interface Prepared {
  readonly bytes: Buffer;
  readonly flags: number;
}

/** The content type cannot be stored: it is none, or too long. */
export class ContentTypeError extends Error {
  override readonly name = "ContentTypeError";
}

const scanner = new JsonScanner();

/**
 * A value of this content type, ready for the table. JSON has to be JSON, since clients of /cache will read it as such.
 *
 * @param graceMs for how long it is kept after its time to live; 0: not at all
 * @throws ContentTypeError
 * @throws JsonError for JSON that is none
 */
export function prepare(value: Buffer, contentType: string, graceMs: number): Prepared {
  const typed = typedBy(contentType, value);
  if (typed === undefined) throw new ContentTypeError("it is not a media type such as text/plain");
  const { kind, type } = typed;
  if (type.length > TYPE_BYTES_MAX) throw new ContentTypeError(`it is longer than ${TYPE_BYTES_MAX} bytes`);
  if (kind === KIND_JSON) checkJson(value);
  if (type === "" && graceMs === 0) return { bytes: value, flags: kind };
  const flags = kind | TRAILER_FLAG | (graceMs > 0 ? GRACE_FLAG : 0);
  return { bytes: withTrailer(value, type, graceMs), flags };
}

/** The same of JSON that was checked already. */
export function prepareJson(value: Buffer, graceMs: number): Prepared {
  if (graceMs === 0) return { bytes: value, flags: KIND_JSON };
  return { bytes: withTrailer(value, "", graceMs), flags: KIND_JSON | TRAILER_FLAG | GRACE_FLAG };
}

function checkJson(value: Buffer): void {
  if (!isUtf8(value)) throw new JsonError("it is not UTF-8", 0);
  scanner.begin(value);
  scanner.value();
  scanner.finish();
  scanner.begin(noBytes);
}
