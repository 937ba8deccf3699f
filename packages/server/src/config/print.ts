/** The settings that count, and who said so: what `config --print` shows. Secrets are stars. */
import type { Kind, Plain } from "./kinds.js";
import type { Loaded } from "./load.js";
import { type Setting, type SettingName, settingNames, settings } from "./settings.js";

const STARS = "***";

/** As a configuration file would have it, with where each comes from; null: nobody said anything, and that counts. */
export type Printed = Readonly<
  Record<SettingName, { readonly value: Plain | null; readonly origin: string }>
>;

/** For programs: `config --print --json`. */
export function printedConfig({ config, origins }: Loaded): Printed {
  const entries = settingNames.map((name) => {
    const value = config[name];
    const { secret } = settings[name] as Setting<unknown>;
    const shown = value === null ? null : secret ? STARS : plainOf(name, value);
    return [name, { value: shown, origin: origins[name] }];
  });
  return Object.fromEntries(entries);
}

/** For people: a line a setting. */
export function describeConfig(loaded: Loaded): string {
  const printed = printedConfig(loaded);
  const rows = settingNames.map((name) => {
    const { value, origin } = printed[name];
    return [name, value === null ? "-" : textOf(value), origin];
  });
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(([name, value, origin]) => `${name.padEnd(widths[0])}  ${value.padEnd(widths[1])}  ${origin}\n`)
    .join("");
}

/** As one would write it behind the flag. */
export function plainText(name: SettingName, value: unknown): string {
  return textOf(plainOf(name, value));
}

function plainOf(name: SettingName, value: unknown): Plain {
  return (settings[name].kind as Kind<unknown>).plain(value);
}

function textOf(value: Plain): string {
  return typeof value === "object" ? value.join(",") : String(value);
}
