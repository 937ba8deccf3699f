/** What a token may be made of: the settings check it before the server starts, and each request's header is held against it. */

/** Longer ones are refused unread: hashing them would be work for nothing. */
export const TOKEN_LENGTH_MAX = 1_024;

/** ASCII that can be seen, without spaces: the rest never arrives in a header as it was meant. */
export function isToken(text: string): boolean {
  return text.length <= TOKEN_LENGTH_MAX && /^[!-~]+$/.test(text);
}
