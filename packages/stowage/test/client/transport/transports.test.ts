/** The same scenes over every transport. */
import { describe, expect, it, vi } from "vitest";
import { fetchTransport } from "../../../src/client/transport/fetch.js";
import { socketTransport } from "../../../src/client/transport/sockets.js";
import type { TransportRequest } from "../../../src/client/transport/transport.js";
import { scenes } from "./scenes/index.js";
import type { Subject } from "./support/stage.js";

const subjects: readonly Subject[] = [
  { name: "socketTransport", create: socketTransport(), isStrict: true },
  { name: "fetchTransport", create: fetchTransport(), isStrict: false },
];

describe.each(subjects)("$name:", (subject) => {
  for (const [name, scene] of Object.entries(scenes)) it(name, () => scene(subject));
});

describe("fetchTransport", () => {
  /** What `fetch` was told. */
  async function told(request: Partial<TransportRequest>): Promise<RequestInit & { cache?: string }> {
    let init: RequestInit = {};
    const fake = (async (_: unknown, given: RequestInit) => {
      init = given;
      return new Response("");
    }) as typeof fetch;
    const transport = fetchTransport(fake)({ url: "http://cache", connections: 1, keepAliveMs: 1 });
    await transport.send({ method: "GET", path: "/", headers: {}, ...request });
    return init;
  }

  it("sends no cookies, follows no redirect, and takes no read from a cache", async () => {
    expect(await told({})).toMatchObject({ credentials: "omit", redirect: "manual", cache: "no-store" });
    expect(await told({ method: "HEAD" })).toMatchObject({ cache: "no-store" });
    const post = await told({ method: "POST", body: "1" });
    expect(post).toMatchObject({ method: "POST", body: "1", credentials: "omit" });
    expect(post.cache).toBeUndefined();
  });

  it("tells Cloudflare's workers nothing that they refuse", async () => {
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
    try {
      const init = await told({});
      expect([init.cache, init.credentials]).toEqual([undefined, undefined]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("says what a browser does not, and that a redirect is no answer", async () => {
    const failing = (how: () => Promise<Response>) =>
      fetchTransport(how as unknown as typeof fetch)({
        url: "http://cache",
        connections: 1,
        keepAliveMs: 1,
      }).send({
        method: "GET",
        path: "/",
        headers: {},
      });
    await expect(failing(() => Promise.reject(new TypeError("Failed to fetch")))).rejects.toThrow(
      /cors-origins/,
    );
    const redirect = { type: "opaqueredirect", status: 0 } as Response;
    await expect(failing(() => Promise.resolve(redirect))).rejects.toThrow(/redirect/);
  });
});
