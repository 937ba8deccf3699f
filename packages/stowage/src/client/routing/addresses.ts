/**
 * Urls of servers, checked and brought to one form.
 *
 * A server's url is also its name: routers hash it, and processes have to agree on it. So `http://Cache-1:80/` and
 * `http://cache-1` are made the same before anybody sees them. No name, password or query: tokens are an option, and urls
 * appear in errors and events.
 */
import { InvalidOptionError } from "../../base/errors.js";
import type { ServerAddress } from "../types.js";
import type { RouterNode } from "./types.js";

/** Beyond these, `ring` would have no point or tens of thousands of them for one server. */
export const weightMin = 0.01;
export const weightMax = 100;
const expected =
  'a url such as "http://cache-1:4000", "https://cache.example.org" or "unix:/run/stowage.sock"';

/** Where a list came from, for errors. */
export interface AddressSource {
  /** The call: `new Client`, `setServers`. */
  readonly where: string;
  /** `urls`, `discover`. */
  readonly option: string;
}

/**
 * The servers of a list, frozen, in its order.
 *
 * @throws InvalidOptionError: none, no url, a weight out of range, a server twice
 */
export function parseAddresses(
  list: readonly (string | ServerAddress)[],
  source: AddressSource,
): readonly RouterNode[] {
  if (!Array.isArray(list) || list.length === 0) refuse(source, list, "a list with at least one server");
  const found = new Map<string, RouterNode>();
  list.forEach((item, index) => {
    const { where } = source;
    const option = `${source.option}[${index}]`;
    const node = parseAddress(item, { where, option });
    if (found.has(node.url))
      refuse({ where, option }, item, `another server than ${node.url}, which is there already`);
    found.set(node.url, node);
  });
  return Object.freeze([...found.values()]);
}

/** The form of a url under which a server is known; undefined: it is none. */
export function normalUrl(text: string): string | undefined {
  if (/^unix:\/+[^/]/.test(text)) return text.replace(/^unix:\/+/, "unix:/");
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (!/^https?:$/.test(url.protocol) || url.search + url.hash + url.username + url.password !== "")
    return undefined;
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function parseAddress(item: string | ServerAddress, source: AddressSource): RouterNode {
  const { url, weight = 1 } = typeof item === "string" ? { url: item } : (item ?? { url: undefined });
  const normal = typeof url === "string" ? normalUrl(url) : undefined;
  if (normal === undefined) return refuse(source, url ?? item, expected);
  if (!(typeof weight === "number" && weight >= weightMin && weight <= weightMax))
    refuse(
      { ...source, option: `${source.option}.weight` },
      weight,
      `a number from ${weightMin} to ${weightMax}`,
    );
  return Object.freeze({ url: normal, weight });
}

function refuse({ where, option }: AddressSource, received: unknown, right: string): never {
  throw new InvalidOptionError({ where, option, received, expected: right });
}
