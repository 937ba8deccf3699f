/**
 * The kinds of settings: how a text (of a flag or the environment) or a value (of the configuration file) becomes what the
 * server works with. Each says what would be right, so that the error for any setting can be put together in one place.
 */
import { isIP } from "node:net";
import { parseDuration } from "stowage";
import { formatBytes, parseBytes } from "../../../stowage/src/base/byte-size.js";

export interface Kind<T> {
  /** Completes "must be ...". */
  readonly expected: string;
  /** For `--help`: what stands for the value. Empty: the flag has none. */
  readonly placeholder: string;
  /** undefined: the value is not of this kind. */
  read(value: unknown): T | undefined;
}

export function whole(min: number, max: number, placeholder = "N"): Kind<number> {
  return {
    expected: `a whole number from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}`,
    placeholder,
    read(value) {
      const number = typeof value === "string" && /^\d+$/.test(value.trim()) ? Number(value) : value;
      if (typeof number !== "number" || !Number.isInteger(number)) return undefined;
      return number >= min && number <= max ? number : undefined;
    },
  };
}

/** Milliseconds, from `"5s"` and the like; a bare number would leave the unit to be guessed. */
export function duration(minMs = 1): Kind<number> {
  return {
    expected: `a duration such as "250ms", "5s", "5m", "2h"${minMs > 1 ? `, at least ${minMs} ms` : ""}`,
    placeholder: "DURATION",
    read(value) {
      if (typeof value !== "string") return undefined;
      try {
        const ms = parseDuration(value);
        return ms >= minMs ? ms : undefined;
      } catch {
        return undefined;
      }
    },
  };
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
};

export function text(placeholder: string): Kind<string> {
  return {
    expected: "a text that is not empty",
    placeholder,
    read: (value) => (typeof value === "string" && value.trim() !== "" ? value : undefined),
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
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    expected: `one of ${values.join(", ")}`,
    placeholder: values.join("|"),
    read: (value) => values.find((each) => each === value),
  };
}

/** A name or address to listen on. */
export const host: Kind<string> = {
  expected: 'an IP address or a host name, such as "127.0.0.1", "0.0.0.0", "::", "localhost"',
  placeholder: "HOST",
  read(value) {
    if (typeof value !== "string") return undefined;
    return isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(value) ? value : undefined;
  },
};
