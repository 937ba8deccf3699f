/**
 * A lease's token as clients see it: `table's token . sequence of prefix invalidations . signature`.
 *
 * The sequence travels with it, since any worker may be sent the fill. The signature binds both to the key, so that nobody
 * can give back, or fill, what was not granted to him; its secret is the server's, so a token does not outlive a restart.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { LeaseBoard } from "../../../feed/lease-board.js";

export interface Lease {
  /** The table's. */
  readonly token: number;
  /** Prefix invalidations that there had been when it was granted. */
  readonly sequence: number;
}

const FORM = /^([0-9a-z]{1,11})\.([0-9a-z]{1,6})\.([\w-]{22})$/;
const RADIX = 36;
/** 128 bits, as base64url. */
const SIGNATURE_CHARS = 22;

export function tokenText(board: LeaseBoard, key: string, { token, sequence }: Lease): string {
  const text = `${token.toString(RADIX)}.${sequence.toString(RADIX)}`;
  return `${text}.${signature(board, key, text)}`;
}

/** Undefined for what is no token of this key. */
export function leaseOf(board: LeaseBoard, key: string, text: string): Lease | undefined {
  const [, token, sequence, given] = FORM.exec(text) ?? [];
  if (token === undefined) return undefined;
  const right = signature(board, key, `${token}.${sequence}`);
  if (!timingSafeEqual(Buffer.from(right), Buffer.from(given))) return undefined;
  return { token: Number.parseInt(token, RADIX), sequence: Number.parseInt(sequence, RADIX) };
}

function signature(board: LeaseBoard, key: string, text: string): string {
  const hmac = createHmac("sha256", board.secret).update(`${text}.${key}`);
  return hmac.digest("base64url").slice(0, SIGNATURE_CHARS);
}
