/**
 * What a trace format is: a name, and a parser for a line of text or a record of bytes.
 *
 * A parser calls `add` for each request it finds and returns nothing, or says what is wrong. It knows neither files nor
 * lines' numbers: read.ts does, and makes the error.
 */

export type Add = (key: string) => void;

/** What is wrong, and what would be right; nothing when all is well. */
export type Fault = string | undefined;

export interface LineFormat {
  readonly kind: "lines";
  readonly name: string;
  /** For --help and the documentation. */
  readonly about: string;
  /** Could this line be of this format? Used to tell formats apart, on the first lines of a file. */
  readonly fits: (line: string) => boolean;
  readonly parse: (line: string, add: Add) => Fault;
}

export interface RecordFormat {
  readonly kind: "records";
  readonly name: string;
  readonly about: string;
  readonly recordBytes: number;
  /** Could a file that begins with these bytes be of this format? */
  readonly fits: (start: Buffer) => boolean;
  readonly parse: (bytes: Buffer, offset: number, add: Add) => Fault;
}

export type Format = LineFormat | RecordFormat;

/** A piece of a line as an error shows it. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
