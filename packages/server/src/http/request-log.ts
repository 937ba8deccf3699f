/**
 * Lines of the log for requests: all of them with --access-log, slow ones always.
 *
 * Keys are data (addresses, names, sessions) and logs are read and kept by others than data are, so no key is logged: not the
 * query, and in the place of the path the route's, as in `/v1/keys/{key}`. Only of requests that met no route the path
 * is shown, which is what one looks for there.
 *
 * A server in trouble shall not drown in its own log: of slow requests, 10 a second are told by each worker, and how many
 * were not.
 */
import { everybody } from "../access/types.js";
import type { WorkerContext } from "../context.js";
import type { Exchange } from "./exchange.js";
import { unrouted } from "./route.js";

/** Called after each answer. */
export type RequestLog = (exchange: Exchange, ms: number, bytesIn: number) => void;

/** Of a path that met no route, or a method: as much as serves to recognize it. */
const PATH_MAX = 200;
const METHOD_MAX = 32;
const SLOW_A_SECOND = 10;

type Needs = Pick<WorkerContext, "config" | "log" | "now">;

export function createRequestLog({ config, log, now }: Needs): RequestLog {
  const all = config["access-log"] === true && log.isLevelEnabled("info");
  const slowMs = log.isLevelEnabled("warn") ? config["slow-ms"]! : Number.POSITIVE_INFINITY;
  const allowance = new Allowance(SLOW_A_SECOND);
  return (exchange, ms, bytesIn) => {
    if (!all && ms < slowMs) return;
    if (ms >= slowMs && exchange.route.waits !== true && allowance.take(now())) {
      const { untold } = allowance;
      log.warn({ ...lineOf(exchange, ms, bytesIn), ...(untold > 0 && { untold }) }, "slow request");
      allowance.untold = 0;
    } else if (all) log.info(lineOf(exchange, ms, bytesIn), "request");
  };
}

function lineOf(exchange: Exchange, ms: number, bytesIn: number): object {
  const { route, head, connection, principal, requestId, status, bytesOut } = exchange;
  return {
    requestId,
    method: head.method.slice(0, METHOD_MAX),
    route: route.name,
    path: route === unrouted ? exchange.path.slice(0, PATH_MAX) : route.path,
    status,
    ms: Number(ms.toPrecision(4)),
    bytesIn,
    bytesOut,
    ...(principal !== everybody && { token: principal.name }),
    peer: connection.remoteAddress,
  };
}

/** So many in each second, counted anew when one begins. */
class Allowance {
  /** How many were refused since this was last set to 0. */
  untold = 0;
  readonly #aSecond: number;
  #left = 0;
  #second = Number.NaN;

  constructor(aSecond: number) {
    this.#aSecond = aSecond;
  }

  take(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#left = this.#aSecond;
    }
    if (this.#left === 0) {
      this.untold++;
      return false;
    }
    this.#left--;
    return true;
  }
}
