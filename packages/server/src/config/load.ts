/**
 * Settings from flags, environment and file into one frozen Config, or an error that names the setting, where it came from,
 * and what would be right. Everything wrong is said at once, before anything is opened.
 */

import { suggest } from "../../../stowage/src/base/suggestion.js";
import { type Config, type SettingName, settingNames, settings, variableOf } from "./settings.js";
import { faultsTogether } from "./together.js";

export interface Sources {
  /** What follows the command on the command line. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The parsed configuration file, and what it is called. */
  readonly file?: { readonly path: string; readonly content: unknown } | undefined;
}

/** What is wrong with the settings: one line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/** A setting's value, and where it was said: `--port`, `STOWAGE_PORT`, `"port" in stowage.json`, `default`. */
export interface Loaded {
  readonly config: Config;
  readonly origins: Readonly<Record<SettingName, string>>;
}

interface Said {
  readonly value: unknown;
  readonly origin: string;
}

/** @throws ConfigError */
export function loadConfig({ args, env, file }: Sources): Loaded {
  const faults: string[] = [];
  const flags = readFlags(args, faults);
  const fromFile = readFile(file, faults);
  checkVariables(env, faults);
  const config: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const name of settingNames) {
    const said = flags.get(name) ?? variable(name, env) ?? fromFile.get(name);
    origins[name] = said?.origin ?? "default";
    config[name] = said === undefined ? settings[name].fallback : readValue(name, said, faults);
  }
  if (faults.length === 0) faults.push(...faultsTogether(config as Config, origins));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze({
    config: Object.freeze(config) as Config,
    origins: Object.freeze(origins) as Loaded["origins"],
  });
}

function readValue(name: SettingName, { value, origin }: Said, faults: string[]): unknown {
  const { kind, secret } = settings[name];
  const read = kind.read(value);
  if (read !== undefined) return read;
  const shown = secret ? "what was given" : JSON.stringify(value);
  faults.push(`${origin} must be ${kind.expected}, not ${shown}`);
  return null;
}

/** `--name value`, `--name=value`, `--flag`, `--no-flag`. */
function readFlags(args: readonly string[], faults: string[]): Map<SettingName, Said> {
  const flags = new Map<SettingName, Said>();
  for (let at = 0; at < args.length; at++) {
    const match = /^--(no-)?([^=]+)(?:=([\s\S]*))?$/.exec(args[at]);
    if (match === null) {
      faults.push(`"${args[at]}" is no option; options begin with --`);
      continue;
    }
    const [, negated, written, attached] = match;
    const name = nameOf(negated && !isSetting(`no-${written}`) ? written : `${negated ?? ""}${written}`);
    if (name === undefined) {
      faults.push(unknown(`--${negated ?? ""}${written}`, written, "--"));
      continue;
    }
    const isFlag = settings[name].kind.placeholder === "";
    if (negated && (!isFlag || attached !== undefined))
      faults.push(`--no-${name} is for options that are on or off, without a value`);
    else if (isFlag && attached === undefined) flags.set(name, { value: !negated, origin: `--${name}` });
    else if (attached !== undefined) flags.set(name, { value: attached, origin: `--${name}` });
    else if (at + 1 < args.length && !args[at + 1].startsWith("--"))
      flags.set(name, { value: args[++at], origin: `--${name}` });
    else faults.push(`--${name} needs a value: ${settings[name].kind.expected}`);
  }
  return flags;
}

/** An empty variable is as good as none: that is how they are unset in compose files and manifests. */
function variable(name: SettingName, env: Sources["env"]): Said | undefined {
  for (const origin of [variableOf(name), ...(settings[name].also ?? [])]) {
    const value = env[origin];
    if (value !== undefined && value !== "" && !isLink(value)) return { value, origin };
  }
  return undefined;
}

/** Variables of ours that mean nothing are more likely misspelt than meant for somebody else. */
function checkVariables(env: Sources["env"], faults: string[]): void {
  const known = new Set([...settingNames.map(variableOf), "STOWAGE_CONFIG", "STOWAGE_URL", "STOWAGE_TOKEN"]);
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith("STOWAGE_") || known.has(name) || isServiceLink(name, value)) continue;
    const near = suggest(name, known);
    faults.push(`there is no setting ${name}${near === undefined ? "" : `; did you mean ${near}?`}`);
  }
}

/**
 * Kubernetes tells each pod of the services beside it by variables, and a service called stowage makes STOWAGE_PORT=tcp://...,
 * STOWAGE_SERVICE_HOST, STOWAGE_PORT_4000_TCP_ADDR and more. None of them is a setting.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function isServiceLink(name: string, value: string | undefined): boolean {
  if (/_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)$/.test(name)) return true;
  return value !== undefined && isLink(value);
}

function isLink(value: string): boolean {
  return /^(tcp|udp|sctp):\/\/\S+:\d+$/.test(value);
}

function readFile(file: Sources["file"], faults: string[]): Map<SettingName, Said> {
  const said = new Map<SettingName, Said>();
  if (file === undefined) return said;
  const { content, path } = file;
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    faults.push(`${path} must hold an object of settings, such as {"port": 4000}`);
    return said;
  }
  for (const [written, value] of Object.entries(content)) {
    const name = nameOf(written);
    if (name === undefined) faults.push(`${path}: ${unknown(`"${written}"`, written, "")}`);
    else if (value !== null) said.set(name, { value, origin: `"${name}" in ${path}` });
  }
  return said;
}

function nameOf(written: string): SettingName | undefined {
  return isSetting(written) ? written : undefined;
}

function isSetting(name: string): name is SettingName {
  return Object.hasOwn(settings, name);
}

function unknown(shown: string, written: string, prefix: string): string {
  const near = suggest(written, settingNames);
  return `there is no option ${shown}${near === undefined ? "" : `; did you mean ${prefix}${near}?`}`;
}
