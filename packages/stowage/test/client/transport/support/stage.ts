/** A scripted server and a transport to it, for one scene; nothing is left of both behind it. */
import assert from "node:assert/strict";
import {
  type CreateTransport,
  type Transport,
  TransportError,
  type TransportOptions,
  type TransportRequest,
  type TransportResponse,
} from "../../../../src/client/transport/transport.js";
import { handled, type Script, ScriptedServer, type ServerOptions, soon } from "./scripted-server.js";

export interface Subject {
  readonly name: string;
  readonly create: CreateTransport;
  /** It reads the bytes itself: everything that is in doubt is refused, and connections are as the options say. */
  readonly isStrict: boolean;
}

export type Scene = (subject: Subject) => Promise<void>;

export interface Stage {
  readonly server: ScriptedServer;
  readonly transport: Transport;
  /** Another one to the same server. */
  another(options: Partial<TransportOptions>): Transport;
}

export const get: TransportRequest = Object.freeze({ method: "GET", path: "/", headers: Object.freeze({}) });

export async function onStage(
  { create }: Subject,
  script: Script,
  scene: (stage: Stage) => Promise<void>,
  options: Partial<TransportOptions> = {},
  serverOptions: ServerOptions = {},
): Promise<void> {
  const server = await ScriptedServer.start(script, serverOptions);
  const made: Transport[] = [];
  const another = (more: Partial<TransportOptions>) => {
    const transport = create({ url: server.url, connections: 4, keepAliveMs: 60_000, ...options, ...more });
    made.push(transport);
    return {
      send: (request: TransportRequest) => handled(transport.send(request)),
      open: (request: TransportRequest) => handled(transport.open(request)),
      close: () => transport.close(),
    };
  };
  try {
    await scene({ server, transport: another({}), another });
  } finally {
    for (const transport of made) transport.close();
    await server.close();
  }
}

export function send(
  transport: Transport,
  request: Partial<TransportRequest> = {},
): Promise<TransportResponse> {
  return soon(transport.send({ ...get, ...request }), "no answer, and no error");
}

/** The TransportError with which it fails. */
export function faultOf(promise: Promise<unknown>): Promise<TransportError> {
  return handled(findFault(promise));
}

async function findFault(promise: Promise<unknown>): Promise<TransportError> {
  const outcome = await soon(
    promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
    "it neither failed nor succeeded",
  );
  assert("error" in outcome, `it did not fail: ${JSON.stringify("value" in outcome && outcome.value)}`);
  assert(outcome.error instanceof TransportError, `it failed otherwise: ${String(outcome.error)}`);
  return outcome.error;
}
