/** The settings as text: what `--help` says of them. Made of the table alone, so that it cannot be out of date. */
import { plainText } from "./print.js";
import { groups, type Setting, type SettingName, settingNames, settings } from "./settings.js";

const INDENT = 2;
const WIDTH = 100;
/** Where the explanations begin. Longer flags have a line of their own. */
const COLUMN = 30;

/** All options, by group, without a heading or a usage line. */
export function helpText(): string {
  const blocks = groups.map((group) => {
    const names = settingNames.filter((name) => settings[name].group === group);
    return [`${group}:`, ...names.map(optionText)].join("\n");
  });
  return `${[...blocks, fileText()].join("\n\n")}\n`;
}

/** `--port PORT`, or `--[no-]access-log` for those that are on or off. */
export function flagText(name: SettingName): string {
  const { placeholder } = settings[name].kind;
  return placeholder === "" ? `--[no-]${name}` : `--${name} ${placeholder}`;
}

/** What counts when nobody says anything; empty: nothing does. */
export function fallbackText(name: SettingName): string {
  const { fallbackText: text, fallback } = settings[name] as Setting<unknown>;
  if (text !== undefined) return text;
  return fallback === null ? "" : plainText(name, fallback);
}

function optionText(name: SettingName): string {
  const { about, also = [] } = settings[name] as Setting<unknown>;
  const fallback = fallbackText(name);
  const notes = [
    fallback === "" ? "" : `default: ${fallback}`,
    also.length > 0 ? `also ${also.join(", ")}` : "",
  ];
  const note = notes.filter((each) => each !== "").join("; ");
  return entryText(flagText(name), note === "" ? about : `${about} (${note})`);
}

function fileText(): string {
  const about =
    "JSON object of settings by these names. Each can also be set by a variable, as in STOWAGE_DATA_DIR. " +
    "Flags come before variables, and these before the file";
  return `Configuration:\n${entryText("--config FILE", about)}`;
}

function entryText(flag: string, about: string): string {
  const lines = wrapped(about, WIDTH - COLUMN);
  const first = `${" ".repeat(INDENT)}${flag}`;
  const gap = " ".repeat(COLUMN);
  if (first.length < COLUMN - 1) return `${first.padEnd(COLUMN)}${lines.join(`\n${gap}`)}`;
  return `${first}\n${gap}${lines.join(`\n${gap}`)}`;
}

function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}
