/**
 * A drawing of braille dots: two by four to a character, so a line looks like one. Each cell belongs to the line that was
 * drawn over it last; marks replace the dots of their cell.
 *
 *     bit of a dot     0 3
 *                      1 4
 *                      2 5
 *                      6 7
 */
import type { Paint } from "./paint.js";

const DOT_BITS = [
  [0, 1, 2, 6],
  [3, 4, 5, 7],
];
const BLANK_BRAILLE = 0x2800;

export class Canvas {
  readonly #dots: Uint8Array;
  readonly #owners: Int8Array;
  readonly #marks = new Map<number, string>();

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {
    this.#dots = new Uint8Array(columns * rows);
    this.#owners = new Int8Array(columns * rows);
  }

  /** A straight line; positions are in cells, from the upper left, fractions allowed. */
  line(owner: number, x0: number, y0: number, x1: number, y1: number): void {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0) * 2, Math.abs(y1 - y0) * 4)));
    for (let step = 0; step <= steps; step++) {
      this.#dot(owner, x0 + ((x1 - x0) * step) / steps, y0 + ((y1 - y0) * step) / steps);
    }
  }

  mark(owner: number, x: number, y: number, letter: string): void {
    const cell = Math.floor(y) * this.columns + Math.floor(x);
    this.#marks.set(cell, letter);
    this.#owners[cell] = owner;
  }

  /** One row as text. */
  row(row: number, paint: Paint): string {
    let text = "";
    for (let column = 0; column < this.columns; column++) {
      const cell = row * this.columns + column;
      const mark = this.#marks.get(cell);
      if (mark !== undefined) text += paint.bold(paint.line(this.#owners[cell], mark));
      else if (this.#dots[cell] === 0) text += " ";
      else text += paint.line(this.#owners[cell], String.fromCharCode(BLANK_BRAILLE + this.#dots[cell]));
    }
    return text;
  }

  #dot(owner: number, x: number, y: number): void {
    const cell = Math.floor(y) * this.columns + Math.floor(x);
    this.#dots[cell] |= 1 << DOT_BITS[Math.floor((x % 1) * 2)][Math.floor((y % 1) * 4)];
    this.#owners[cell] = owner;
  }
}
