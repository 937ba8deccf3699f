/** What is sent, and where to. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok } from "../support/scripted-server.js";
import { faultOf, onStage, type Scene, send } from "../support/stage.js";

export const requests: Record<string, Scene> = {
  async "a request is sent as it is"(subject) {
    await onStage(
      subject,
      () => ok(""),
      async ({ transport, server }) => {
        const body = '{"é":"🐎"}';
        const headers = { authorization: "Bearer a+b/c==", "content-type": "application/json" };
        await send(transport, { method: "POST", path: "/v1/batch?a=b%20c", headers, body });
        const [heard] = server.heard;
        assert.deepEqual([heard.method, heard.path, heard.body], ["POST", "/v1/batch?a=b%20c", body]);
        for (const line of [
          `host: 127.0.0.1:${server.port}`,
          "authorization: Bearer a+b/c==",
          "content-type: application/json",
          `content-length: ${Buffer.byteLength(body)}`,
        ])
          assert.ok(heard.headers.includes(line), `${line} is not among ${heard.headers.join(", ")}`);
      },
    );
  },

  async "each request has its own headers"(subject) {
    await onStage(
      subject,
      () => ok(""),
      async ({ transport, server }) => {
        const changing: Record<string, string> = { x: "1" };
        await send(transport, { headers: changing });
        changing.x = "2";
        await send(transport, { headers: changing });
        await send(transport, { headers: Object.freeze({ x: "3" }) });
        await send(transport, { headers: Object.freeze({ x: "4" }) });
        const sent = server.heard.map(({ headers }) => headers.find((line) => line.startsWith("x:")));
        assert.deepEqual(sent, ["x: 1", "x: 2", "x: 3", "x: 4"]);
      },
    );
  },

  async "content that is expected and not there has the length 0"(subject) {
    await onStage(
      subject,
      () => ok(""),
      async ({ transport, server }) => {
        await send(transport, { method: "POST" });
        await send(transport, { method: "PUT", body: "" });
        await send(transport, { method: "DELETE" });
        await send(transport, { method: "HEAD" });
        const lengths = server.heard.map(({ headers }) =>
          headers.filter((line) => line.startsWith("content-length")),
        );
        assert.deepEqual(lengths.slice(0, 2), [["content-length: 0"], ["content-length: 0"]]);
        assert.deepEqual(lengths[3], []);
      },
    );
  },

  async "long content arrives whole"(subject) {
    await onStage(
      subject,
      ({ body }) => ok(String(body.length)),
      async ({ transport }) => {
        const answer = await send(transport, { method: "PUT", body: "é".repeat(1_500_000) });
        assert.equal(answer.text, "1500000");
      },
    );
  },

  async "a path of the url stands before every other"(subject) {
    await onStage(
      subject,
      () => ok(""),
      async ({ server, another }) => {
        await send(another({ url: `${server.url}/base/path/` }), { path: "/v1/keys/a" });
        assert.equal(server.heard[0].path, "/base/path/v1/keys/a");
      },
    );
  },

  async "nobody slips a line of his own in"(subject) {
    await onStage(
      subject,
      () => ok(""),
      async ({ transport, server }) => {
        for (const value of ["a\r\nx: b", "a\nb", "a\rb", "a\0"])
          await assert.rejects(send(transport, { headers: { "x-tag": value } }), JSON.stringify(value));
        await assert.rejects(send(transport, { headers: { "x y": "a" } }));
        await assert.rejects(send(transport, { headers: { "x\r\ny": "a" } }));
        assert.equal(server.heard.length, 0);
        if (!subject.isStrict) return;
        for (const path of ["/a b", "/a\r\nx: y", "a", "/ä", ""])
          await assert.rejects(send(transport, { path }), JSON.stringify(path));
        for (const name of ["content-length", "transfer-encoding", "host", "X-Upper"])
          await assert.rejects(send(transport, { headers: { [name]: "1" } }), name);
        assert.equal(server.heard.length, 0);
        assert.equal((await send(transport)).status, 200);
      },
    );
  },

  async "IPv6 addresses work"(subject) {
    await onStage(
      subject,
      () => ok("six"),
      async ({ server, another }) => {
        const transport = another({ url: `http://[::1]:${server.port}` });
        assert.equal((await send(transport)).text, "six");
        assert.ok(server.heard[0].headers.includes(`host: [::1]:${server.port}`));
      },
      {},
      { host: "::1" },
    );
  },

  async "a name with several addresses is reached on whichever answers"(subject) {
    await onStage(
      subject,
      () => ok("here"),
      async ({ server, another }) => {
        assert.equal((await send(another({ url: `http://localhost:${server.port}` }))).text, "here");
      },
    );
  },

  async "sockets of files work"(subject) {
    if (!subject.isStrict) return;
    const folder = mkdtempSync(join(tmpdir(), "stowage-"));
    const path = join(folder, "socket");
    try {
      await onStage(
        subject,
        () => ok("file"),
        async ({ transport, server }) => {
          assert.equal((await send(transport)).text, "file");
          assert.ok(server.heard[0].headers.includes("host: localhost"));
        },
        { url: `unix:${path}` },
        { path },
      );
      const fault = await faultOf(
        send(subject.create({ url: `unix:${path}`, connections: 1, keepAliveMs: 1_000 })),
      );
      assert.equal(fault.unsent, true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
