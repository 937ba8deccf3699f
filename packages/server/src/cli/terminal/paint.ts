/** Colours, where somebody looks: pipes, files and NO_COLOR (https://no-color.org) get plain text. */

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

const same = (text: string) => text;
export const plain: Paint = Object.freeze({ bold: same, dim: same, good: same, bad: same });
export const coloured: Paint = Object.freeze({
  bold: (text: string) => sgr(1, text),
  dim: (text: string) => sgr(2, text),
  good: (text: string) => sgr(32, text),
  bad: (text: string) => sgr(31, text),
});

export function paintFor(isTty: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  return isTty && !env.NO_COLOR && env.TERM !== "dumb" ? coloured : plain;
}

function sgr(code: number, text: string): string {
  return text === "" ? "" : `\x1b[${code}m${text}\x1b[0m`;
}
