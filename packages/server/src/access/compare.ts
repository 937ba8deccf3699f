/**
 * Are two texts the same? Takes as long as they are, wherever they differ.
 *
 * For what a connection remembers of its Authorization header: a reverse proxy may send different people's requests over one
 * connection, and nobody shall learn from time what another one's token begins with.
 */
export function isSame(given: string, known: string): boolean {
  if (given.length !== known.length) return false;
  let difference = 0;
  for (let at = 0; at < given.length; at++) difference |= given.charCodeAt(at) ^ known.charCodeAt(at);
  return difference === 0;
}
