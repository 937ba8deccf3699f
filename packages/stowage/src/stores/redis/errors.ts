/**
 * What went wrong, in words that say what would be right. The libraries name the same trouble in different ways; a server's refusal
 * begins with a code of Redis, and everything else is a connection that there is not.
 */
import { StoreUnavailableError, StowageError } from "../../base/errors.js";

const NAME = "redis";

/** Refusals that are about the server, and not about what was asked. */
const REASONS: Readonly<Record<string, string>> = {
  NOAUTH: "it wants a password (NOAUTH): give one in the URL or to the client",
  WRONGPASS: "it does not know this user name and password (WRONGPASS)",
  NOPERM: "its user may not do that (NOPERM): see ACL in the documentation of Redis",
  OOM: "it has no memory left (OOM): raise maxmemory, or let it evict with maxmemory-policy",
  READONLY: "it is a replica (READONLY): connect to the master, or by way of Sentinel",
  LOADING: "it is loading its data (LOADING), and answers when it is done",
  MOVED: "this is a cluster (MOVED): pass cluster: true, or a client that is made for a cluster",
  ASK: "this is a cluster (ASK): pass cluster: true, or a client that is made for a cluster",
  CROSSSLOT: "the keys are in several slots of a cluster (CROSSSLOT): a part in braces keeps them together",
  CLUSTERDOWN: "the cluster is down (CLUSTERDOWN): slots of it have no server",
  TRYAGAIN: "the cluster is moving these keys (TRYAGAIN)",
  MASTERDOWN: "its link with the master is down (MASTERDOWN)",
  MISCONF: "it cannot save to its disk, and takes no writes (MISCONF)",
  NOREPLICAS: "it has too few replicas to take writes (NOREPLICAS)",
  BUSY: "a script of somebody's keeps it busy (BUSY)",
  UNKILLABLE: "a script of somebody's keeps it busy (UNKILLABLE)",
};

const CODE = /^(?:Error: )?([A-Z]{2,})(?: |$)/;

/** Such as `WRONGTYPE`; undefined: a server has not said this. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? CODE.exec(error.message)?.[1] : undefined;
}

/** The server's own answer to what was asked stays what it is; all else is a store that is not available. */
export function explained(where: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code !== undefined && !(code in REASONS)) return error;
  // What the program itself lacks or got wrong, such as a library that is not installed, says it better.
  if (error instanceof StowageError) return error;
  return unavailable(where, reasonOf(error), error);
}

/** @param fault `away`: nothing was sent */
export function unavailable(
  where: string,
  reason: string,
  cause?: unknown,
  fault: "failed" | "away" = "failed",
): StoreUnavailableError {
  return new StoreUnavailableError(NAME, where, fault, reason, { cause });
}

/** Why there is no answer. Where a library tries several servers, their errors stand within its own. */
export function reasonOf(error: unknown): string {
  const known = REASONS[codeOf(error) ?? ""];
  if (known !== undefined) return known;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const text = error.message === "" ? `${(error as { code?: string }).code ?? error.name}` : error.message;
  const last = (error as { lastNodeError?: unknown }).lastNodeError;
  return last instanceof Error ? `${text} (${reasonOf(last)})` : text;
}
