/** From a request to its route's answer: identify, admit, route, handle, count. */
import type { Connection, Handler, HttpRequestError, RequestHead } from "stowage-http1";
import type { WorkerContext } from "../context.js";
import { Exchange, JSON_TYPE } from "./exchange.js";
import { Fault } from "./fault.js";
import type { Route } from "./route.js";

export class App implements Handler {
  readonly #context: WorkerContext;
  readonly #routes = new Map<string, Route>();

  constructor(context: WorkerContext, routes: readonly Route[]) {
    this.#context = context;
    for (const route of routes) this.#routes.set(`${route.method} ${route.path}`, route);
  }

  request(head: RequestHead, content: Buffer, connection: Connection): boolean {
    connection.context ??= new Exchange(connection, this.#context);
    const exchange = connection.context as Exchange;
    exchange.begin(head, content);
    const route = this.#routes.get(`${head.method} ${exchange.path}`);
    try {
      if (route === undefined) throw new Fault(404, "not_found", "not found");
      exchange.route = route;
      const working = route.handle(exchange, this.#context);
      if (working === undefined) return true;
      working.then(
        () => connection.done(),
        (error) => {
          this.#failed(exchange, error);
          connection.done();
        },
      );
      return false;
    } catch (error) {
      this.#failed(exchange, error);
      return true;
    }
  }

  refused(error: HttpRequestError): { type: string; body: string } {
    return {
      type: JSON_TYPE,
      body: JSON.stringify({ error: error.message, code: error.code.toLowerCase() }),
    };
  }

  #failed(exchange: Exchange, error: unknown): void {
    if (error instanceof Fault) exchange.fault(error);
    else {
      this.#context.log.error({ err: error, requestId: exchange.requestId }, "a route failed");
      exchange.fault(new Fault(500, "internal", "internal server error"));
    }
  }
}
