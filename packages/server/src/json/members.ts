/**
 * Where the members of an object stand in the bytes, for those names that are asked for. Their values are checked, and not
 * parsed. Of several members of one name the last one counts, as with JSON.parse; members of other names are passed over.
 */
import { BACKSLASH, CLOSE_OBJECT, COLON, COMMA, type JsonScanner, OPEN_OBJECT } from "./scan.js";

export class Members {
  /** By the place of the name in the list; -1: there is no such member. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Those that there are, a bit each, by the place of the name. */
  present = 0;
  /** Where the name of one stands that is of none of these names; -1: there is no such member. */
  unknownAt = -1;
  readonly #names: readonly Buffer[];

  /** @param names at most 32 */
  constructor(names: readonly string[]) {
    this.#names = names.map((name) => Buffer.from(name));
    this.starts = new Int32Array(names.length).fill(-1);
    this.ends = new Int32Array(names.length);
  }

  /**
   * Reads the object that is next. Afterwards the scanner is behind it.
   *
   * @throws JsonError where it is not JSON, or no object
   */
  read(scanner: JsonScanner): void {
    const { starts, ends } = this;
    for (let index = 0; index < starts.length; index++) starts[index] = -1;
    this.present = 0;
    this.unknownAt = -1;
    scanner.take(OPEN_OBJECT);
    if (scanner.takeIf(CLOSE_OBJECT)) return;
    do {
      scanner.next();
      const nameStart = scanner.at;
      scanner.string();
      const index = this.#indexOf(scanner, nameStart + 1, scanner.at - 1);
      scanner.take(COLON);
      scanner.next();
      const valueStart = scanner.at;
      this.readValue(index, scanner);
      if (index < 0) this.unknownAt = nameStart;
      if (index < 0) continue;
      this.present |= 1 << index;
      starts[index] = valueStart;
      ends[index] = scanner.at;
    } while (scanner.takeIf(COMMA));
    scanner.take(CLOSE_OBJECT);
  }

  /** Passes a value. For those that want to know more of one than where it stands. */
  protected readValue(_index: number, scanner: JsonScanner): void {
    scanner.value();
  }

  #indexOf({ bytes, escaped }: JsonScanner, start: number, end: number): number {
    if (escaped) return this.#indexOfText(bytes, start, end);
    const names = this.#names;
    for (let index = 0; index < names.length; index++)
      if (equals(bytes, start, end, names[index])) return index;
    return -1;
  }

  /** `"k\u0065y"` is a way to write "key". */
  #indexOfText(bytes: Buffer, start: number, end: number): number {
    const text: string = JSON.parse(bytes.utf8Slice(start - 1, end + 1));
    return this.#names.findIndex((name) => name.toString() === text);
  }
}

function equals(bytes: Buffer, start: number, end: number, name: Buffer): boolean {
  if (end - start !== name.length) return false;
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name[at]) return false;
  return true;
}

/** The text of a string that the scanner has passed, its quotes at `start` and `end - 1`. */
export function stringAt(bytes: Buffer, start: number, end: number): string {
  let all = 0;
  for (let at = start + 1; at < end - 1; at++) {
    all |= bytes[at];
    if (bytes[at] === BACKSLASH) return JSON.parse(bytes.utf8Slice(start, end)) as string;
  }
  return all < 0x80 ? bytes.latin1Slice(start + 1, end - 1) : bytes.utf8Slice(start + 1, end - 1);
}

/** Whether a string has an escape in it, so that its bytes are not those of its text. */
export function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true;
  return false;
}

/** What the value that begins with this byte is, for messages. */
export function kindAt(bytes: Buffer, start: number): string {
  switch (String.fromCharCode(bytes[start])) {
    case '"':
      return "a string";
    case "{":
      return "an object";
    case "[":
      return "an array";
    case "n":
      return "null";
    case "t":
      return "true";
    case "f":
      return "false";
    default:
      return "a number";
  }
}
