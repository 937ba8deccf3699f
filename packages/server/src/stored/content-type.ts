/** What a Content-Type says of a value: what kind it is, and whether the type has to be kept beside it. */
import { isUtf8 } from "node:buffer";
import { KIND_BYTES, KIND_JSON, KIND_TEXT, type Kind, kindTypes } from "./layout.js";

export interface Typed {
  readonly kind: Kind;
  /** Empty where the kind says it all. */
  readonly type: string;
}

const media = /^([!#$%&'*+\-.^_`|~0-9a-z]+\/[!#$%&'*+\-.^_`|~0-9a-z]+)[ \t]*(?:;(.*))?$/is;
const charsets = /(?:^|;)[ \t]*charset="?([^";\s]*)"?[ \t]*(?=;|$)/i;

/**
 * The kind of a value of this type; undefined: it is none (RFC 9110 8.3.1). Only JSON is checked by whoever stores it: a
 * text that is not UTF-8 is kept as the bytes it is.
 */
export function typedBy(contentType: string, value: Buffer): Typed | undefined {
  const found = media.exec(contentType);
  if (found === null) return undefined;
  const name = found[1].toLowerCase();
  const charset = charsets.exec(found[2] ?? "")?.[1].toLowerCase();
  const kind = kindOf(name, charset, value);
  return { kind, type: isPlain(kind, name, found[2] ?? "", charset) ? "" : contentType };
}

function kindOf(name: string, charset: string | undefined, value: Buffer): Kind {
  if (name === "application/json" || (name.startsWith("application/") && name.endsWith("+json")))
    return KIND_JSON;
  const unicode = charset === undefined || charset === "utf-8" || charset === "utf8";
  return name.startsWith("text/") && unicode && isUtf8(value) ? KIND_TEXT : KIND_BYTES;
}

/** Whether the type comes back out of the kind. JSON is UTF-8 by itself (RFC 8259 8.1), so it needs no charset. */
function isPlain(kind: Kind, name: string, parameters: string, charset: string | undefined): boolean {
  if (name !== kindTypes[kind].split(";")[0]) return false;
  if (parameters === "") return kind !== KIND_TEXT;
  const only = parameters.trim().toLowerCase() === `charset=${charset}`;
  return only && charset === "utf-8" && kind !== KIND_BYTES;
}
