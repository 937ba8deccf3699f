/**
 * Texts as PostgreSQL's NOTIFY carries them: less than 8,000 bytes each, in the encoding of the database, without NUL. A text becomes
 * ASCII (what is not, and the backslash, as in JavaScript: `\u20ac`) and is cut into parts, which are sent in one transaction: so they
 * come together and in order, or not at all.
 *
 *     sender . number of the text . parts that follow . a piece of the text
 *
 * Sender and number also keep PostgreSQL from taking two equal texts of one transaction for one.
 */

/** Of a payload: 7,999, less what stands before the piece. */
const PIECE_MAX = 7_900;
const HEAD = /^([0-9a-f]{16})\.(\d{1,15})\.(\d{1,9})\./;

export function payloadsOf(sender: string, number: number, text: string): string[] {
  const ascii = escaped(text);
  const count = Math.max(1, Math.ceil(ascii.length / PIECE_MAX));
  return Array.from({ length: count }, (_, index) => {
    const piece = ascii.slice(index * PIECE_MAX, (index + 1) * PIECE_MAX);
    return `${sender}.${number}.${count - 1 - index}.${piece}`;
  });
}

interface Begun {
  readonly number: string;
  pieces: string[];
}

/** Texts from payloads, of one channel. */
export class Assembly {
  readonly #begun = new Map<string, Begun>();

  /** A text that is whole now; undefined: there is more to come, or it is nothing of ours. */
  take(payload: string): string | undefined {
    const head = HEAD.exec(payload);
    if (head === null) return undefined;
    const [{ length }, sender, number, left] = head;
    const found = this.#begun.get(sender);
    const begun = found?.number === number ? found : { number, pieces: [] };
    begun.pieces.push(payload.slice(length));
    if (left !== "0") {
      this.#begun.set(sender, begun);
      return undefined;
    }
    this.#begun.delete(sender);
    return unescaped(begun.pieces.join(""));
  }

  /** What has begun will not go on: the connection is another one. */
  clear(): void {
    this.#begun.clear();
  }
}

function escaped(text: string): string {
  return text.replace(
    /[^ -[\]-~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function unescaped(ascii: string): string {
  return ascii.replace(/\\u([0-9a-f]{4})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
