/**
 * Gives a worker thread a listening socket of its own: another descriptor of the socket that the supervisor has bound.
 *
 * Threads share descriptors, so if all workers listened on one, the first that ends would close it for all. Node has no
 * `dup`; but a descriptor that goes from one process to another arrives as a new one. So the worker starts a child that
 * inherits the socket, and has it sent back: its event loop then owns a descriptor that ends with the worker, however that
 * ends. The child lives for the 50 ms that this takes, while the worker loads its modules.
 *
 * `reusePort`, where Node has it (22.12), would need no child. But then each worker has a queue of its own, chosen by a hash:
 * what is in the queue of a worker that hangs or is killed is lost, and small bursts spread unevenly.
 */
import { spawn } from "node:child_process";
import type { Server } from "node:net";

/** In the child, the inherited descriptor has this number: behind stdin, stdout, stderr and the channel. */
const INHERITED_FD = 4;
const LIMIT_MS = 10_000;

/** CommonJS, as `-e` takes it. Listening for messages keeps it until the channel is closed at the other end. */
const sendBack = `
  const handle = require("node:net")._createServerHandle(null, null, null, ${INHERITED_FD});
  if (typeof handle === "number") process.exit(1);
  process.on("message", () => {});
  process.send("socket", handle, {}, () => {});
`;

/** A handle of node:net, for `server.listen`. */
export type OwnHandle = object;

export function duplicate(fd: number): Promise<OwnHandle> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["-e", sendBack], {
      stdio: ["ignore", "ignore", "inherit", "ipc", fd],
      // What is meant for this process (a debugger's port, modules to load first) is not for that one.
      env: { ...process.env, NODE_OPTIONS: "" },
      timeout: LIMIT_MS,
    });
    const fail = (cause?: unknown) =>
      reject(
        new Error(`the listening socket could not be duplicated through ${process.execPath}`, { cause }),
      );
    child.once("message", (_text, handle) => {
      child.disconnect();
      if (handle === undefined) fail();
      else resolve(handle);
    });
    child.once("error", fail);
    // After the message, if there was one: both come through the channel.
    child.once("disconnect", () => fail(new Error("the child ended without sending it back")));
  });
}

/**
 * Makes a server of node:net listen on a handle. `server.listen(handle)` does the same for TCP, but opens the descriptor of
 * a Unix socket a second time, so that two handles would close it.
 */
export function listenOn(handle: OwnHandle, server: Server, backlog: number): void {
  const inner = server as unknown as Inner;
  inner._handle = handle;
  inner._listen2(null, -1, -1, backlog);
}

/** What a server of node:net has and does not declare. */
interface Inner {
  _handle: OwnHandle;
  _listen2(address: null, port: number, addressType: number, backlog: number): void;
}
