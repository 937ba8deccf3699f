/** Writes past node:net's stream: that they are made on this Node, and not where anything is unusual. */
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { directHandleOf, type Handle, isDirect, writeDirect } from "../../src/direct-write.js";
import { get, onStage } from "../support/serve.js";

const like = (handle: unknown) => directHandleOf({ _handle: handle } as unknown as Socket);
const usable = { writeLatin1String: () => 0, writeQueueSize: 0, bytesWritten: 0 };

describe("direct writes", () => {
  it("are learned from the first write of node:net", { skip: process.platform === "win32" }, async () => {
    expect(isDirect()).toBe(false);
    await onStage({}, async ({ client }) => {
      const one = client();
      one.send(get("/1"));
      await one.bodies(1);
      expect(isDirect()).toBe(true);
      one.send(get("/2"));
      expect(await one.bodies(2)).toEqual(["GET /1 ", "GET /2 "]);
    });
  });

  it("are not made where the handle is another than is known", () => {
    expect(like(usable)).toBe(usable);
    for (const name of Object.keys(usable)) expect(like({ ...usable, [name]: undefined })).toBeNull();
    expect(like(null)).toBeNull();
    expect(like(undefined)).toBeNull();
  });

  it("say what came of them, and keep the request of one that waits", () => {
    const requests: unknown[] = [];
    const handle = {
      ...usable,
      error: 0,
      writeLatin1String(request: unknown) {
        requests.push(request);
        return this.error;
      },
    };
    const write = () => writeDirect(handle as Handle, "x", () => undefined);
    expect([write(), write()]).toEqual(["taken", "taken"]);
    handle.writeQueueSize = 1;
    expect(write()).toBe("waits");
    expect(new Set(requests).size).toBe(1);
    handle.error = -32;
    expect(write()).toBe("failed");
    expect(new Set(requests).size).toBe(2);
  });
});
