/**
 * From a request to its route's answer.
 *
 *     head -> id -> preflight -> token, scope, rate -> route -> content -> handle -> count, log
 *
 * All up to the content is decided by the head alone: a request that is refused never has its content read into memory,
 * nor is it told to go on (100 Continue).
 *
 * Invariant: but for open routes and preflights nothing is handled, and no path told from another, before the token is
 * known to be good.
 */
import {
  type Connection,
  type Fields,
  type Handler,
  type HttpRequestError,
  noBytes,
  type RequestHead,
} from "stowage-http1";
import { everybody } from "../access/types.js";
import type { WorkerContext } from "../context.js";
import { type Credentials, identify, noCredentials, refusalOf } from "./admission.js";
import { Cors, preflightFields } from "./cors.js";
import { Exchange } from "./exchange.js";
import { faultOf } from "./failures.js";
import { Fault } from "./fault.js";
import { Heads, JSON_TYPE } from "./heads.js";
import { ConnectionLostError } from "./parts.js";
import { prefetchGets } from "./prefetch.js";
import { createRequestLog, type RequestLog } from "./request-log.js";
import { type Route, unrouted } from "./route.js";
import { type Place, Router, routeAt } from "./router.js";

const PREFLIGHT = Symbol("preflight");
type Verdict = Fault | typeof PREFLIGHT | null;

/** What the App keeps of a connection. */
interface Caller {
  readonly exchange: Exchange;
  readonly credentials: Credentials;
  /** What was decided by the head; null: it is to be handled. */
  verdict: Verdict;
  /** Decided already, while the content is still coming. */
  decided: boolean;
}

const notFound = new Fault(404, "", "not found");

export class App implements Handler {
  readonly #context: WorkerContext;
  readonly #router: Router;
  readonly #cors: Cors;
  readonly #heads: Heads;
  readonly #log: RequestLog;
  readonly #contentMax: number;

  constructor(context: WorkerContext, routes: readonly Route[]) {
    this.#context = context;
    this.#router = new Router(routes);
    this.#cors = new Cors(context.config["cors-origins"] ?? []);
    this.#heads = new Heads(this.#cors, () => context.wall());
    this.#log = createRequestLog(context);
    this.#contentMax = context.config["max-body"]!;
  }

  content(head: RequestHead, connection: Connection): number | null {
    const caller = this.#callerOf(connection);
    this.#decide(caller, head);
    if (caller.verdict === null) {
      caller.decided = true;
      return this.#contentMax;
    }
    this.#refuse(caller.exchange, caller.verdict);
    return null;
  }

  request(head: RequestHead, content: Buffer, connection: Connection): boolean {
    const caller = this.#callerOf(connection);
    if (!caller.decided) this.#decide(caller, head);
    caller.decided = false;
    const { exchange, verdict } = caller;
    exchange.content = content;
    if (verdict === null) return this.#handle(exchange);
    this.#refuse(exchange, verdict);
    return true;
  }

  /** Called before requests that arrived together are read. */
  prefetch(bytes: Buffer, ranges: Int32Array, count: number): void {
    const { table } = this.#context;
    if (!table.closed) prefetchGets(table, bytes, ranges, count);
  }

  /** What cannot be read as a request is answered in the same manner. */
  refused(error: HttpRequestError, connection: Connection): { type: string; body: string; fields: Fields } {
    const body = JSON.stringify({ error: error.message, code: error.code.toLowerCase() });
    const pair = this.#heads.begin(connection.arrivedAt);
    const ms = this.#context.now() - connection.arrivedAt;
    this.#context.observer.answered(undefined, error.status, ms, 0, body.length);
    return {
      type: JSON_TYPE,
      body,
      fields: {
        ...(this.#cors.any ? { "access-control-allow-origin": "*" } : { vary: "origin" }),
        "x-request-id": this.#heads.idOf(this.#heads.block, pair),
      },
    };
  }

  #callerOf(connection: Connection): Caller {
    connection.context ??= {
      exchange: new Exchange(connection, this.#heads, this.#cors),
      credentials: noCredentials(),
      verdict: null,
      decided: false,
    } satisfies Caller;
    return connection.context as Caller;
  }

  #decide(caller: Caller, head: RequestHead): void {
    const { exchange } = caller;
    exchange.begin(head);
    exchange.principal = everybody;
    if (!head.sameFields) caller.credentials.current = false;
    const place = this.#router.find(head, exchange);
    const route = place === undefined ? undefined : routeAt(place, head.method);
    exchange.route = route ?? unrouted;
    if (head.method === "OPTIONS" && head.header("origin") !== undefined) caller.verdict = PREFLIGHT;
    else caller.verdict = this.#verdict(caller, head, place, route);
  }

  #verdict(
    caller: Caller,
    head: RequestHead,
    place: Place | undefined,
    route: Route | undefined,
  ): Fault | null {
    if (route?.scope === "open") return null;
    const { access } = this.#context;
    if (access.on) {
      const found = identify(access, caller.credentials, head);
      if (found instanceof Fault) return found;
      caller.exchange.principal = found;
    }
    const refusal = refusalOf(access, caller.exchange.principal, route?.scope ?? "read");
    if (refusal !== undefined) return refusal;
    return route === undefined ? nothingThere(caller.exchange, place) : null;
  }

  #handle(exchange: Exchange): boolean {
    try {
      const working = exchange.route.handle(exchange, this.#context);
      if (working !== undefined) {
        this.#wait(exchange, working);
        return false;
      }
      if (!exchange.replied) throw new Error(`the route ${exchange.route.name} gave no answer`);
    } catch (error) {
      this.#failed(exchange, error);
    }
    this.#answered(exchange);
    return true;
  }

  async #wait(exchange: Exchange, working: Promise<void>): Promise<void> {
    try {
      await working;
      if (!exchange.replied) throw new Error(`the route ${exchange.route.name} gave no answer`);
    } catch (error) {
      this.#failed(exchange, error);
    }
    this.#answered(exchange);
    exchange.connection.done();
  }

  #refuse(exchange: Exchange, verdict: Fault | typeof PREFLIGHT): void {
    if (verdict === PREFLIGHT) exchange.empty(204, preflightFields);
    else exchange.fault(verdict);
    this.#answered(exchange);
  }

  #failed(exchange: Exchange, error: unknown): void {
    const fault = faultOf(error);
    if (fault === undefined && !(error instanceof ConnectionLostError)) {
      const { log } = this.#context;
      log.error({ err: error, requestId: exchange.requestId, route: exchange.route.name }, "a route failed");
    }
    // Half an answer went out: its end must not look like the end of a whole one.
    if (exchange.replied) exchange.connection.destroy();
    else exchange.fault(fault ?? new Fault(500, "internal", "internal server error"));
  }

  #answered(exchange: Exchange): void {
    const { connection, content, route, status, bytesOut } = exchange;
    const ms = this.#context.now() - connection.arrivedAt;
    const counted = route === unrouted ? undefined : route;
    this.#context.observer.answered(counted, status, ms, content.length, bytesOut);
    this.#log(exchange, ms, content.length);
    // An idle connection must not hold its last body.
    exchange.content = noBytes;
  }
}

/** Below /v1 a method that a path does not have is said to be so; elsewhere it is as with Lix. */
function nothingThere(exchange: Exchange, place: Place | undefined): Fault {
  if (place === undefined || !exchange.path.startsWith("/v1/")) return notFound;
  const allow = place.routes.map(({ method }) => method).join(", ");
  return new Fault(405, "method_not_allowed", `this path has ${allow}`, { fields: { allow } });
}
