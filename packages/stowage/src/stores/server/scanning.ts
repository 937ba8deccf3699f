/** Pages of what servers have, one server after the other: the cursor says which one is next, and where in it. */
import type { ClientState } from "../../client/state.js";
import { askJson } from "../../client/verbs/request.js";
import type { StoreCall } from "../store.js";
import { storedIn } from "./values.js";

/** Names, and those of them under which there is a lease and nothing else. */
export interface ScannedPage {
  readonly names: readonly string[];
  readonly leases: ReadonlySet<string>;
  readonly cursor: string | undefined;
}

interface Item {
  readonly key: string;
  readonly value?: unknown;
  /** It is no JSON, and not ours. */
  readonly error?: unknown;
}

export async function scanPage(
  { cluster }: ClientState,
  prefix: string,
  { cursor = "0:", limit }: { readonly cursor?: string | undefined; readonly limit: number },
  { signal }: StoreCall,
): Promise<ScannedPage> {
  if (cluster.ready !== undefined) await cluster.ready;
  const place = Number(cursor.slice(0, cursor.indexOf(":")));
  const within = cursor.slice(cursor.indexOf(":") + 1);
  const node = cluster.nodes[place];
  // Servers went while it ran.
  if (node === undefined) return { names: [], leases: new Set(), cursor: undefined };
  // Values come along: a lease without one is no key.
  const base = `/cache/scan?prefix=${encodeURIComponent(prefix)}&limit=${limit}`;
  const path = within === "" ? base : `${base}&cursor=${encodeURIComponent(within)}`;
  const body = await askJson(node, { method: "GET", path, isRepeatable: true }, "scan", { signal });
  const items = (body.items ?? []) as Item[];
  const isLast = typeof body.cursor !== "string" && place + 1 >= cluster.nodes.length;
  const next = typeof body.cursor === "string" ? `${place}:${body.cursor}` : `${place + 1}:`;
  return {
    names: items.map(({ key }) => key),
    leases: new Set(items.filter(isLeaseOnly).map(({ key }) => key)),
    cursor: isLast ? undefined : next,
  };
}

function isLeaseOnly({ value, error }: Item): boolean {
  return error === undefined && storedIn(value).bytes === undefined;
}
