/** All formats, and how to tell which one a file is in. */
import type { Format, LineFormat } from "./format.js";
import { oracleGeneral } from "./oracle-general.js";
import { arc, keys, lirs, twitter } from "./text.js";

/** In the order in which they are tried. Of the two that read a file of numbers alike, `keys` is the plainer name. */
const lineFormats: readonly LineFormat[] = [arc, twitter, keys, lirs];

export const formats: readonly Format[] = [keys, lirs, arc, twitter, oracleGeneral];

/** Whole lines at the start of a file that have to fit. */
const LINES_LOOKED_AT = 50;

/** The format that a file beginning with these bytes is in; undefined when none fits. `isWhole`: there are no more. */
export function detectFormat(start: Buffer, isWhole: boolean): Format | undefined {
  if (start.includes(0)) return oracleGeneral.fits(start) ? oracleGeneral : undefined;
  const lines = start.toString("utf8").split(/\r?\n/);
  if (!isWhole || lines.at(-1) === "") lines.pop();
  const looked = lines.slice(0, LINES_LOOKED_AT);
  return lineFormats.find((format) => looked.every(format.fits));
}
