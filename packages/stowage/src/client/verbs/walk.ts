/**
 * scan and keys: page by page, one server after the other. The next page is asked for when the one before has been taken,
 * so a reader who is slow or stops early costs no more than a page.
 */
import { ClosedError, InvalidArgumentError } from "../../base/errors.js";
import { givenOptions } from "../../base/options.js";
import type { Node } from "../nodes/types.js";
import type { ClientState } from "../state.js";
import type { ScanOptions } from "../types.js";
import { scanOptions } from "./call-options.js";
import { askEach, askJson } from "./request.js";

const PAGE = 500;

interface Walk {
  readonly verb: "scan" | "keys";
  readonly prefix: string;
  readonly query: string;
  /** What a page holds. */
  readonly member: "items" | "keys";
}

/** Values that are no JSON are left out: `get` of their key says what they are. */
export async function* scan(
  state: ClientState,
  prefix = "",
  options?: ScanOptions,
): AsyncGenerator<[string, unknown], void, undefined> {
  const walk: Walk = { verb: "scan", prefix, query: "", member: "items" };
  for await (const items of pages<{ key: string; value: unknown; error?: unknown }>(state, walk, options))
    for (const { key, value, error } of items) if (error === undefined) yield [key, value];
}

export async function* keys(
  state: ClientState,
  prefix = "",
  options?: ScanOptions,
): AsyncGenerator<string, void, undefined> {
  const walk: Walk = { verb: "keys", prefix, query: "&keys_only=true", member: "keys" };
  for await (const page of pages<string>(state, walk, options)) yield* page;
}

async function* pages<Item>(
  state: ClientState,
  { verb, prefix, query, member }: Walk,
  options: ScanOptions | undefined,
): AsyncGenerator<readonly Item[], void, undefined> {
  if (typeof prefix !== "string") throw new InvalidArgumentError(verb, "the prefix", prefix, "a text");
  const { page = PAGE, ...call } = givenOptions(scanOptions, options, verb);
  const what = prefix === "" ? verb : `${verb} ${JSON.stringify(prefix)}`;
  const base = `/cache/scan?prefix=${encodeURIComponent(prefix)}&limit=${page}${query}`;
  const nodes: Node[] = await askEach(state, what, call, async (node) => node);
  for (const node of nodes) {
    let cursor: unknown = "";
    while (typeof cursor === "string") {
      if (state.isClosed) throw new ClosedError(what);
      const path = cursor === "" ? base : `${base}&cursor=${cursor}`;
      const body = await askJson(node, { method: "GET", path, isRepeatable: true }, what, call);
      yield (body[member] ?? []) as Item[];
      cursor = body.cursor;
    }
  }
}
