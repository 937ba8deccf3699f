/** What a server is made with. */
import type { TlsOptions } from "node:tls";
import { checkNumber } from "./check.js";
import type { Handler } from "./handler.js";
import { checkLimits, type Limits } from "./limits.js";
import { checkTimeouts, type Timeouts } from "./timeouts.js";

export interface HttpServerOptions {
  readonly handler: Handler;
  readonly limits?: Partial<Limits>;
  readonly timeouts?: Partial<Timeouts>;
  /** Bytes of content that are taken where the handler says nothing else; 413 above. Default: 1 MiB. */
  readonly contentMax?: number;
  /** Connections at one time; more are closed at once. Default: no bound. */
  readonly connectionsMax?: number;
  /** Requests of one connection; it ends after the last. Default: no bound. */
  readonly requestsMax?: number;
  /** Serves TLS. */
  readonly tls?: TlsOptions;
  /** Milliseconds, of a clock that never goes back. Default: performance.now. */
  readonly now?: () => number;
  /** Milliseconds since 1970, for the date of refusals. Default: Date.now. */
  readonly wall?: () => number;
  /**
   * Called for each connection before anything is done with it, with the number of those open. Of several threads that accept
   * from one socket, one that is ahead may sleep here, so that the others take the next. Returning false turns it away.
   */
  readonly beforeAccept?: (open: number) => boolean | undefined;
  /** Called with the number of connections open, those in a TLS handshake included, whenever it has changed. */
  readonly openChanged?: (open: number) => void;
  /** An error of the listening socket, as when the system has no file descriptors left. It goes on listening. */
  readonly onError?: (error: Error) => void;
}

const names: readonly string[] = [
  "handler",
  "limits",
  "timeouts",
  "contentMax",
  "connectionsMax",
  "requestsMax",
  "tls",
  "now",
  "wall",
  "beforeAccept",
  "openChanged",
  "onError",
] satisfies (keyof HttpServerOptions)[];

export interface CheckedOptions extends Required<Omit<HttpServerOptions, "tls">> {
  readonly limits: Limits;
  readonly timeouts: Timeouts;
  readonly tls: TlsOptions | undefined;
}

/** @throws TypeError or RangeError that names the option */
export function checkOptions(options: HttpServerOptions): CheckedOptions {
  for (const name of Object.keys(options)) {
    if (!names.includes(name))
      throw new TypeError(`options: there is no "${name}"; there are ${names.join(", ")}`);
  }
  return {
    handler: options.handler,
    limits: checkLimits(options.limits ?? {}),
    timeouts: checkTimeouts(options.timeouts ?? {}),
    contentMax: bound("contentMax", 0, options.contentMax ?? 2 ** 20),
    connectionsMax: bound("connectionsMax", 1, options.connectionsMax),
    requestsMax: bound("requestsMax", 1, options.requestsMax),
    tls: options.tls,
    now: options.now ?? (() => performance.now()),
    wall: options.wall ?? Date.now,
    beforeAccept: options.beforeAccept ?? ignore,
    openChanged: options.openChanged ?? ignore,
    onError: options.onError ?? ignore,
  };
}

/** The number, or none. */
function bound(name: string, min: number, value = Number.POSITIVE_INFINITY): number {
  if (value !== Number.POSITIVE_INFINITY) checkNumber(name, value, min, Number.MAX_SAFE_INTEGER);
  return value;
}

function ignore(): undefined {}
