/** Colours of the terminal, or none: pipes, files and NO_COLOR get plain text. */

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  /** The colour of the n-th line of a chart; colours repeat after six. */
  line(index: number, text: string): string;
}

/** Told apart on dark and on light grounds; the first is the optimum's. */
const LINE_COLOURS = [90, 32, 36, 35, 33, 34, 31];

export const plain: Paint = { bold: (text) => text, dim: (text) => text, line: (_index, text) => text };

export const coloured: Paint = {
  bold: (text) => sgr(1, text),
  dim: (text) => sgr(2, text),
  line: (index, text) => sgr(LINE_COLOURS[index % LINE_COLOURS.length], text),
};

export function paintFor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Paint {
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0") return coloured;
  return stream.isTTY && !env.NO_COLOR && env.TERM !== "dumb" ? coloured : plain;
}

function sgr(code: number, text: string): string {
  return text === "" ? "" : `\x1b[${code}m${text}\x1b[0m`;
}
