/**
 * The kinds of settings: how a text (of a flag or the environment) or a value (of the configuration file) becomes what the
 * server works with. Each says what would be right, so that the error for any setting can be put together in one place.
 */
import { isIP } from "node:net";
import { parseDuration } from "stowage";
import { formatBytes, parseBytes } from "../../../stowage/src/base/byte-size.js";
import { isToken, TOKEN_LENGTH_MAX } from "./token-text.js";

export interface Kind<T> {
  /** Completes "must be ...". */
  readonly expected: string;
  /** For `--help`: what stands for the value. Empty: the flag has none. */
  readonly placeholder: string;
  /** undefined: the value is not of this kind. */
  read(value: unknown): T | undefined;
  /** The value as people write it in a configuration file: `read` makes the same of it again. */
  plain(value: T): Plain;
}

export type Plain = number | boolean | string | readonly string[];

const asItIs = (value: Plain) => value;

export function whole(min: number, max: number, placeholder = "N"): Kind<number> {
  return {
    expected: `a whole number from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}`,
    placeholder,
    read(value) {
      const number = typeof value === "string" && /^\d+$/.test(value.trim()) ? Number(value) : value;
      if (typeof number !== "number" || !Number.isInteger(number)) return undefined;
      return number >= min && number <= max ? number : undefined;
    },
    plain: asItIs,
  };
}

/** Milliseconds, from `"5s"` and the like; a bare number would leave the unit to be guessed. */
export function duration(minMs = 1, maxMs = Number.POSITIVE_INFINITY): Kind<number> {
  const least = minMs > 1 ? `, at least ${minMs} ms` : "";
  const most = Number.isFinite(maxMs) ? `, at most ${formatDuration(maxMs)}` : "";
  return {
    expected: `a duration such as "250ms", "5s", "5m", "2h"${least}${most}`,
    placeholder: "DURATION",
    read(value) {
      if (typeof value !== "string") return undefined;
      try {
        const ms = parseDuration(value);
        return ms >= minMs && ms <= maxMs ? ms : undefined;
      } catch {
        return undefined;
      }
    },
    plain: formatDuration,
  };
}

/** Timers count to 2^31 milliseconds; beyond, they would fire at once. */
const TIMER_MS_MAX = 24 * 86_400_000;

/** A duration that somebody waits. */
export function wait(minMs = 1): Kind<number> {
  return duration(minMs, TIMER_MS_MAX);
}

/** 90000 -> `"90s"`: in the largest unit in which it is a whole number. */
function formatDuration(ms: number): string {
  const units: [name: string, ms: number][] = [
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
  ];
  const [name, size] = units.find(([, size]) => ms % size === 0) ?? ["ms", 1];
  return `${ms / size}${name}`;
}

/** Bytes, from `"64kb"` and the like, or a bare number of bytes. */
export function bytes(min: number, max: number): Kind<number> {
  return {
    expected: `a size from ${formatBytes(min)} to ${formatBytes(max)}, such as "64kb", "256mb", "1.5gb"`,
    placeholder: "SIZE",
    read(value) {
      if (typeof value !== "string" && typeof value !== "number") return undefined;
      const text = String(value).trim();
      const size = parseBytes(/^\d+$/.test(text) ? `${text}b` : text);
      return size >= min && size <= max ? size : undefined;
    },
    plain: formatBytes,
  };
}

export const flag: Kind<boolean> = {
  expected: "true or false",
  placeholder: "",
  read(value) {
    if (typeof value === "boolean") return value;
    if (typeof value !== "string") return undefined;
    if (/^(true|1|yes|on)$/i.test(value)) return true;
    return /^(false|0|no|off)$/i.test(value) ? false : undefined;
  },
  plain: asItIs,
};

export function text(placeholder: string): Kind<string> {
  return {
    expected: "a text that is not empty",
    placeholder,
    read: (value) => (typeof value === "string" && value.trim() !== "" ? value : undefined),
    plain: asItIs,
  };
}

/** Texts separated by commas, or a list of them. */
export function list(placeholder: string): Kind<readonly string[]> {
  return {
    expected: "texts separated by commas",
    placeholder,
    read(value) {
      const parts = typeof value === "string" ? value.split(",") : value;
      if (!Array.isArray(parts) || !parts.every((part) => typeof part === "string")) return undefined;
      return Object.freeze(parts.map((part) => part.trim()).filter((part) => part !== ""));
    },
    plain: asItIs,
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    expected: `one of ${values.join(", ")}`,
    placeholder: values.join("|"),
    read: (value) => values.find((each) => each === value),
    plain: asItIs,
  };
}

const levels = oneOf("fatal", "error", "warn", "info", "debug", "silent");
/** What Elixir's Logger calls its levels: LOG_LEVEL of a Lix deployment is taken as it is. */
const elixirLevels = new Map<unknown, string>([
  ["emergency", "fatal"],
  ["alert", "fatal"],
  ["critical", "fatal"],
  ["warning", "warn"],
  ["notice", "info"],
  ["none", "silent"],
]);

/** How much is logged. */
export const logLevel: typeof levels = {
  ...levels,
  placeholder: "LEVEL",
  read: (value) => levels.read(elixirLevels.get(value) ?? value),
};

/** Tokens as clients send them. */
export const tokens: Kind<readonly string[]> = {
  ...list("TOKEN,..."),
  expected: `texts separated by commas, each of at most ${TOKEN_LENGTH_MAX} ASCII characters without spaces`,
  read(value) {
    const texts = list("").read(value);
    return texts?.every(isToken) ? texts : undefined;
  },
};

/** Permissions of a file, as `chmod` takes them. */
export const fileMode: Kind<string> = {
  expected: 'permissions in octal, such as "660"',
  placeholder: "MODE",
  read: (value) => (typeof value === "string" && /^0?[0-7]{3}$/.test(value) ? value : undefined),
  plain: asItIs,
};

/** A name or address to listen on. */
export const host: Kind<string> = {
  expected: 'an IP address or a host name, such as "127.0.0.1", "0.0.0.0", "::", "localhost"',
  placeholder: "HOST",
  read(value) {
    if (typeof value !== "string") return undefined;
    return isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(value) ? value : undefined;
  },
  plain: asItIs,
};

/** What keys and channel of a fleet begin with. Braces would put all of them into one slot of a cluster. */
export const fleetName: Kind<string> = {
  expected: "1 to 64 letters, digits, dots, dashes, underscores or colons",
  placeholder: "NAME",
  read: (value) => (typeof value === "string" && /^[\w.:-]{1,64}$/.test(value) ? value : undefined),
  plain: asItIs,
};

/** Where Redis or Valkey is: one URL, or those of some nodes of a cluster. */
export const redisUrls: Kind<readonly string[]> = {
  ...list("URL,..."),
  expected:
    'URLs such as "redis://localhost:6379" or "rediss://user:password@host:6380/1", separated by commas',
  read(value) {
    const urls = list("").read(value);
    return urls !== undefined && urls.length > 0 && urls.every(isRedisUrl) ? urls : undefined;
  },
};

/** Everything that stands in it means something: a path that is no database, a query, a fragment would be passed over. */
function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  if (protocol !== "redis:" && protocol !== "rediss:") return false;
  return hostname !== "" && /^(?:\/\d{0,4})?$/.test(pathname) && search === "" && hash === "";
}
