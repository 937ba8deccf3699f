/**
 * Everything to one server: that of this machine, say. The others are there for calls that name them, `{ local: url }`, and
 * no call that concerns all servers asks them.
 */
import { InvalidOptionError } from "../../../base/errors.js";
import { nonEmptyText } from "../../../base/option-types.js";
import { declareOptions, option } from "../../../base/options.js";
import { normalUrl } from "../addresses.js";
import type { Router, RouterNode } from "../types.js";

export interface LocalOptions {
  /** The server that has all keys. Default: the first one of the list. */
  url?: string;
}

const options = declareOptions({
  url: option({
    type: nonEmptyText,
    default: undefined,
    defaultText: "the first one of the list",
    meaning: "the server that has all keys",
  }),
});

/**
 * One server for all keys. A list of servers without it is refused.
 *
 * @throws InvalidOptionError
 * @example new Client({ urls: ["http://127.0.0.1:4000", "http://cache-2:4000"], router: local() })
 */
export function local(given?: LocalOptions): Router<RouterNode> {
  const { url } = options.bind(given, "local");
  return {
    name: "local",
    init: (nodes) => pick(nodes, url),
    nodes: (state) => [state],
    route: (state) => state,
  };
}

function pick(nodes: readonly RouterNode[], url: string | undefined): RouterNode {
  if (url === undefined) return nodes[0];
  const name = normalUrl(url);
  const found = nodes.find((node) => node.url === name);
  if (found !== undefined) return found;
  const expected = `one of the servers ${nodes.map((node) => node.url).join(", ")}`;
  throw new InvalidOptionError({ where: "local", option: "url", received: url, expected });
}
