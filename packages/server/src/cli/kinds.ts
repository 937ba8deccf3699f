/** Kinds of options that the server's settings have no use for. */
import { duration, type Kind } from "../config/kinds.js";

/** Milliseconds, or null for "none". */
export const lifetime: Kind<number | "none"> = {
  expected: `${duration().expected}, or none`,
  placeholder: "DURATION",
  read: (value) => (value === "none" ? "none" : duration().read(value)),
  plain: (value) => (value === "none" ? value : duration().plain(value)),
};

/** What a value is stored as. */
export const valueType: Kind<string> = {
  expected: 'json, text, bytes, or a content type such as "image/png"',
  placeholder: "json|text|bytes|TYPE",
  read: (value) =>
    typeof value === "string" && /^(json|text|bytes|[^/\s]+\/[^/]+)$/.test(value) ? value : undefined,
  plain: (value) => value,
};

/** Shares of the kinds of requests: `get:95,set:5`. */
export const mixes = ["get", "miss", "set", "incr"] as const;
export type Verb = (typeof mixes)[number];
export type Mix = Readonly<Partial<Record<Verb, number>>>;

export const mix: Kind<Mix> = {
  expected: `shares of ${mixes.join(", ")}, such as "get:95,set:5"`,
  placeholder: "VERB:SHARE,...",
  read(value) {
    if (typeof value !== "string") return undefined;
    const shares = value.split(",").map((each) => /^([a-z]+)(?::(\d{1,4}))?$/.exec(each.trim()));
    const found: Partial<Record<Verb, number>> = {};
    for (const share of shares) {
      const verb = mixes.find((each) => each === share?.[1]);
      if (verb === undefined || verb in found) return undefined;
      found[verb] = Number(share![2] ?? 1);
    }
    return Object.values(found).some((share) => share > 0) ? found : undefined;
  },
  plain: (value) =>
    Object.entries(value)
      .map(([verb, share]) => `${verb}:${share}`)
      .join(","),
};
