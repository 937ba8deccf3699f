/**
 * The address that the server listens on. The supervisor binds it and holds it for as long as the server runs, so that
 * connections wait in the system's queue when a worker is gone, and are not refused. It never listens itself: whoever
 * listens through node's event loop accepts, too. Workers listen on duplicates (duplicate.ts).
 *
 * node:net can bind without listening, but only its cluster module uses that: `_createServerHandle` is not in its types.
 */
import { lookup } from "node:dns/promises";
import { chmodSync, existsSync, lstatSync, unlinkSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import { dirname } from "node:path";
import { getSystemErrorName } from "node:util";
import type { Config } from "../config/settings.js";
import { ListenError } from "./errors.js";

/** What a worker needs to listen. */
export type ListenOrder =
  /** Of a bound socket, which the worker duplicates. */
  | { readonly kind: "shared"; readonly fd: number }
  /** On Windows: the one worker binds by itself. */
  | { readonly kind: "own"; readonly port: number; readonly host: string };

export interface Listener {
  /** What to listen on: the port found where 0 was asked for, or the path of the Unix socket. */
  readonly address: AddressInfo | string;
  readonly order: ListenOrder;
  /** The error of a worker that could not listen, in words that say what to do. */
  fault(code: string): ListenError;
  close(): void;
}

interface Handle {
  readonly fd: number;
  getsockname(address: object): number;
  close(): void;
}

type CreateServerHandle = (address: string, port: number, addressType: number) => Handle | number;

const createHandle = (net as unknown as { _createServerHandle: CreateServerHandle })._createServerHandle;

/** @throws ListenError */
export async function openListener(config: Config): Promise<Listener> {
  const { socket, host, port, workers } = config;
  return socket === null ? openPort(host!, port!, workers!) : openSocket(config);
}

async function openPort(host: string, port: number, workers: number): Promise<Listener> {
  const { address, family } = await resolve(host, port);
  const fault = (code: string, cause?: unknown) => portError(code, host, port, cause);
  const handle = createHandle(address, port, family);
  if (typeof handle === "number") throw fault(getSystemErrorName(handle));
  const bound = {} as AddressInfo;
  // That a port is taken is told by the first call after `bind`.
  const errno = handle.getsockname(bound);
  if (errno !== 0 || process.platform === "win32") handle.close();
  if (errno !== 0) throw fault(getSystemErrorName(errno));
  if (process.platform === "win32") return ownPort(bound, workers, fault);
  return {
    address: bound,
    order: { kind: "shared", fd: handle.fd },
    fault,
    close: () => handle.close(),
  };
}

/** Windows has no descriptors that could be handed on. That the port is free was just seen. */
function ownPort(address: AddressInfo, workers: number, fault: Listener["fault"]): Listener {
  if (workers > 1)
    throw new ListenError("ENOTSUP", "on Windows one worker serves: set --workers 1, not more of them");
  const order = { kind: "own", port: address.port, host: address.address } as const;
  return { address, order, fault, close: () => undefined };
}

async function resolve(host: string, port: number): Promise<{ address: string; family: number }> {
  try {
    return await lookup(host);
  } catch (error) {
    throw portError((error as NodeJS.ErrnoException).code ?? "", host, port, error);
  }
}

function portError(code: string, host: string, port: number, cause?: unknown): ListenError {
  return new ListenError(code, `cannot listen on ${at(host, port)}: ${reasonOf(code, port)}`, { cause });
}

function reasonOf(code: string, port: number): string {
  switch (code) {
    case "EADDRINUSE":
      return (
        `port ${port} is in use. "ss -ltnp 'sport = :${port}'" (or "lsof -i :${port}") says by whom; ` +
        "set another one with --port, or --port 0 for any free one"
      );
    case "EACCES":
      return `only root may use port ${port}; take one above 1023 with --port`;
    case "EADDRNOTAVAIL":
      return "this machine has no such address; set one that it has with --host, or 0.0.0.0 for all";
    case "EAFNOSUPPORT":
      return "this machine has no IPv6; set an IPv4 address with --host";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "the host name is unknown; set an address with --host";
    default:
      return code;
  }
}

function at(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

async function openSocket(config: Config): Promise<Listener> {
  const path = config.socket!;
  if (process.platform === "win32")
    throw new ListenError("ENOTSUP", `cannot listen on ${path}: Unix sockets are not supported on Windows`);
  await removeStale(path);
  const handle = createHandle(path, -1, -1);
  if (typeof handle === "number") throw socketError(getSystemErrorName(handle), path);
  try {
    // Nobody can connect before a worker listens, so there is no moment with wrong permissions.
    chmodSync(path, Number.parseInt(config["socket-mode"]!, 8));
  } catch (error) {
    handle.close();
    throw socketError((error as NodeJS.ErrnoException).code ?? "", path, error);
  }
  // Closing the handle that bound the path removes the file.
  return {
    address: path,
    order: { kind: "shared", fd: handle.fd },
    fault: (code) => socketError(code, path),
    close: () => handle.close(),
  };
}

/** A server that was killed leaves its socket's file behind. Whoever still listens there refuses nobody. */
async function removeStale(path: string): Promise<void> {
  let isSocket: boolean;
  try {
    isSocket = lstatSync(path).isSocket();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw socketError((error as NodeJS.ErrnoException).code ?? "", path, error);
  }
  if (!isSocket)
    throw new ListenError("EEXIST", `cannot listen on ${path}: there is a file that is not a socket`);
  if (await answers(path)) throw socketError("EADDRINUSE", path);
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    // Only this one says that nobody listens; one that we may not connect to, say, is somebody's.
    socket.once("error", ({ code }: NodeJS.ErrnoException) => end(code !== "ECONNREFUSED"));
  });
}

function socketError(told: string, path: string, cause?: unknown): ListenError {
  // A folder that is missing is told as one that may not be written to.
  const code = told === "EACCES" && !existsSync(dirname(path)) ? "ENOENT" : told;
  const reasons: Record<string, string> = {
    EADDRINUSE: `another server listens there; "lsof ${path}" says which. Set another path with --socket`,
    ENOENT: "the folder does not exist; make it first",
    EACCES: "this user may not write to the folder",
    EINVAL: "the path is too long; Unix sockets take some 100 bytes",
    ENAMETOOLONG: "the path is too long; Unix sockets take some 100 bytes",
  };
  return new ListenError(code, `cannot listen on ${path}: ${reasons[code] ?? code}`, { cause });
}
