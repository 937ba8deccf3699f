/** A client for tests of /v1: one request over a real socket at a time, nothing added to what a test says. */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { type AppServer, type AppServerOptions, startAppServer } from "../../support/app-server.js";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what it is
  readonly json: any;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** Aborts the request: the connection is closed. */
  readonly signal?: AbortSignal;
}

export interface Client {
  readonly server: AppServer;
  /** `path` as it is sent. */
  ask(path: string, asked?: Asked): Promise<Answer>;
  get(key: string, headers?: Record<string, string>): Promise<Answer>;
  put(key: string, body: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
  delete(key: string, headers?: Record<string, string>): Promise<Answer>;
  /** Asks for a lease. */
  lease(key: string, body?: object, signal?: AbortSignal): Promise<Answer>;
  /** Fills one. */
  fill(key: string, token: string, body: string, headers?: Record<string, string>): Promise<Answer>;
  release(key: string, token: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
}

export const JSON_POST = { method: "POST", headers: { "content-type": "application/json" } };

/** How servers are started: tests of a fleet put their own way here. */
export const starting: { start(options: AppServerOptions): Promise<AppServer> } = { start: startAppServer };

/** Servers over one table, as many as there are options; the first one makes the table. */
export async function withServers<T>(
  options: readonly AppServerOptions[],
  run: (...clients: Client[]) => Promise<T>,
): Promise<T> {
  const agent = new Agent({ keepAlive: true });
  const servers: AppServer[] = [];
  try {
    for (const each of options)
      servers.push(await starting.start({ ...each, ...(servers[0] && { beside: servers[0] }) }));
    return await run(...servers.map((server) => clientOf(server, agent)));
  } finally {
    agent.destroy();
    for (const server of servers.reverse()) await server.close();
  }
}

export function withServer<T>(
  run: (client: Client) => Promise<T>,
  options: AppServerOptions = {},
): Promise<T> {
  return withServers([options], run);
}

function clientOf(server: AppServer, agent: Agent): Client {
  const ask = (path: string, asked: Asked = {}) => send(server.port, agent, path, asked);
  const at = (key: string) => `/v1/keys/${encodeURIComponent(key)}`;
  return {
    server,
    ask,
    get: (key, headers = {}) => ask(at(key), { headers }),
    put: (key, body, headers = {}) => ask(at(key), { method: "PUT", body, headers }),
    delete: (key, headers = {}) => ask(at(key), { method: "DELETE", headers }),
    lease: (key, body = {}, signal) =>
      ask(`${at(key)}/lease`, { ...JSON_POST, body: JSON.stringify(body), ...(signal && { signal }) }),
    fill: (key, token, body, headers = {}) =>
      ask(at(key), { method: "PUT", body, headers: { "stowage-lease-token": token, ...headers } }),
    release: (key, token, headers = {}) =>
      ask(`${at(key)}/lease`, { method: "DELETE", headers: { "stowage-lease-token": token, ...headers } }),
    post: (path, body) => ask(path, { ...JSON_POST, body: JSON.stringify(body) }),
  };
}

function send(
  port: number,
  agent: Agent,
  path: string,
  { method = "GET", headers = {}, body, signal }: Asked,
): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    const length: Record<string, string> =
      body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = {
      port,
      agent,
      path,
      method,
      headers: { ...length, ...headers },
      ...(signal && { signal }),
    };
    const request = httpRequest(options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        const isJson = response.headers["content-type"]?.startsWith("application/json") ?? false;
        const json = isJson && text !== "" ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode as number, headers: response.headers, body: text, json });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
  answer.catch(() => {}); // a test that has failed waits for it no more
  return answer;
}

/** The token of a lease that was granted. */
export function tokenOf(answer: Answer): string {
  const token = answer.headers["stowage-lease-token"];
  if (answer.status !== 201 || typeof token !== "string")
    throw new Error(`no lease was granted: ${answer.status}`);
  return token;
}

/** How long an event is waited for before it counts as never coming. */
export const patience = { ms: 10_000 };

/** Waits for an event that no promise tells of. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + patience.ms; !holds(); ) {
    if (performance.now() > end) throw new Error(`it never came that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
