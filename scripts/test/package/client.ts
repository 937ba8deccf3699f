/**
 * The client, installed: as ESM and CommonJS against a real server, where there is nothing of Node, the build that each kind of
 * host gets, its types, and what it weighs in a page.
 */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { reachableFrom } from "./built-files.js";
import { type Bundle, bundled, type Size } from "./bundle.js";
import { type Consumer, run } from "./consumer.js";

/** What a page loads for `import { CoreClient } from "stowage/client/core"`, gzipped, and at first for `Client` (decision 0026). */
const CORE_BYTES_MAX = 10_000;
const BYTES_MAX = 24_000;

/** A verb of each part: those that are loaded on first use have to be found, and know the same classes as the others. */
const session = `
async function session({ Client, nearCache, StowageError }, url) {
  const client = new Client({ url, near: nearCache({ max: 10 }) });
  await client.set("a", { n: 1 }, { tags: ["t"] });
  const schema = { "~standard": { version: 1, vendor: "own", validate: (value) => ({ value }) } };
  const users = client.collection("user:", schema);
  await users.set("1", "Ada");
  const keys = [];
  for await (const key of client.keys("user:")) keys.push(key);
  const answers = [
    (await client.get("a")).n,
    await client.remember("b", () => 2, { ttl: "1m" }),
    await users.get("1"),
    keys.join(),
    (await client.batch([{ op: "incr", key: "c", amount: 4 }]))[0].value,
    await client.size(),
    await client.batch([{ op: "none" }]).catch((error) => error instanceof StowageError),
  ];
  client.close();
  const two = new Client({ urls: [url, url.replace("127.0.0.1", "localhost")] });
  const found = [];
  for (let at = 0; at < 9; at++) {
    await two.set("k" + at, at);
    found.push(await two.get("k" + at));
  }
  two.close();
  return [...answers, found.join("")].join(" ");
}`;
const answers = "1 2 Ada user:1 4 4 true 012345678";
const settings = `{ port: 0, workers: 1, memory: "16mb", "log-level": "silent" }`;

const typed = `
interface User { name: string }
const client = new Client<{ [key: \`user:\${string}\`]: User }>({ near: nearCache({ max: 10 }), timeout: "1s" });
export const user: Promise<User | undefined> = client.get("user:1");
export const loaded: Promise<User> = client.remember("user:1", async () => ({ name: "Ada" }), { ttl: "5m" });
// @ts-expect-error there is no such key
client.get("post:1");
// @ts-expect-error a user has a name
client.set("user:1", {});`;

const typedCore = `
const core = new CoreClient<{ [key: \`user:\${string}\`]: User }>({ url: "http://127.0.0.1:4000" });
export const kept: Promise<User | undefined> = core.get("user:1");
// @ts-expect-error there is no such key
core.get("post:1");
// @ts-expect-error that is for Client
core.remember("user:1", async () => ({ name: "Ada" }));`;

export function describeClient(installed: () => Consumer): void {
  let consumer: Consumer;

  beforeAll(() => {
    consumer = installed();
  });

  describe("the installed client", () => {
    it.each(["stowage/client", "stowage/client/web"])("works as ESM: %s", (subpath) => {
      consumer.write(
        "client.mjs",
        `import * as all from "${subpath}";
        import { startServer } from "stowage-server";
        ${session}
        const server = await startServer(${settings});
        console.log(await session(all, server.url));
        await server.close();`,
      );
      expect(consumer.node("client.mjs")).toBe(answers);
    });

    it.each(["stowage/client", "stowage/client/web"])("works as CommonJS: %s", (subpath) => {
      consumer.write(
        "client.cjs",
        `const all = require("${subpath}");
        ${session}
        import("stowage-server").then(async ({ startServer }) => {
          const server = await startServer(${settings});
          console.log(await session(all, server.url));
          await server.close();
        });`,
      );
      expect(consumer.node("client.cjs")).toBe(answers);
    });

    it("has a core, as ESM and CommonJS", () => {
      const core = `async function core({ CoreClient, StowageError }, url) {
        const cache = new CoreClient({ url });
        await cache.setMany([["a", 1], ["b", { n: 2 }]]);
        const found = [...(await cache.getMany(["a", "b", "c"])).keys()];
        const fault = await cache.get(1).catch((error) => error instanceof StowageError);
        cache.close();
        return [...found, fault].join(" ");
      }`;
      consumer.write(
        "core.cjs",
        `const required = require("stowage/client/core");
        ${core}
        import("stowage-server").then(async ({ startServer }) => {
          const server = await startServer(${settings});
          console.log(await core(required, server.url), await core(await import("stowage/client/core"), server.url));
          await server.close();
        });`,
      );
      expect(consumer.node("core.cjs")).toBe("a b true a b true");
    });

    it("works where there is nothing of Node", () => {
      consumer.write(
        "page.mjs",
        `import { parentPort, workerData } from "node:worker_threads";
        ${session}
        // For the package; Node's own fetch needs them.
        for (const name of ["process", "Buffer", "global", "setImmediate", "clearImmediate"]) {
          const value = globalThis[name];
          const isHidden = () => new Error().stack.split("\\n")[3].includes("/stowage/dist/");
          Object.defineProperty(globalThis, name, { get: () => (isHidden() ? undefined : value) });
        }
        const all = await import("stowage/client/web");
        parentPort.postMessage(await session(all, workerData));`,
      );
      consumer.write(
        "host.mjs",
        `import { once } from "node:events";
        import { Worker } from "node:worker_threads";
        import { startServer } from "stowage-server";
        const server = await startServer(${settings});
        const page = new Worker(new URL("page.mjs", import.meta.url), { workerData: server.url });
        const [told] = await once(page, "message");
        console.log(told);
        await page.terminate();
        await server.close();`,
      );
      expect(consumer.node("host.mjs")).toBe(answers);
    });

    it.each([
      ["browser", "web/index"],
      ["workerd", "web/index"],
      ["edge-light", "web/index"],
      ["node", "index"],
    ])("is for hosts that call themselves %s: client/%s", (condition, built) => {
      consumer.write("which.cjs", `console.log(require.resolve("stowage/client"));`);
      consumer.write("which.mjs", `console.log(import.meta.resolve("stowage/client"));`);
      const which = (file: string) =>
        run(process.execPath, [`--conditions=${condition}`, file], consumer.folder).trim();
      expect(which("which.cjs")).toMatch(new RegExp(`/dist/client/${built}\\.cjs$`));
      expect(which("which.mjs")).toMatch(new RegExp(`/dist/client/${built}\\.js$`));
    });

    it.each(["web/index.js", "web/index.cjs", "core/index.js", "core/index.cjs"])(
      "imports nothing of Node where browsers load it: client/%s",
      (built) => {
        const entry = join(consumer.folder, `node_modules/stowage/dist/client/${built}`);
        const { files, outside } = reachableFrom(realpathSync(entry));
        expect([...outside]).toEqual([]);
        expect(files.size).toBeGreaterThan(2);
      },
    );
  });

  describe("the client's types", () => {
    const browser = { lib: ["ES2022", "DOM"], types: [] };
    const node = { lib: ["ES2022"], types: ["node"] };
    const bundler = { module: "esnext", moduleResolution: "bundler" };

    it.each([
      ["node16, on Node", ["client.mts", "client.cts"], { module: "node16", ...node }],
      ["nodenext, in a browser", ["client.mts", "client.cts"], { module: "nodenext", ...browser }],
      ["bundler, on Node", ["client.ts"], { ...bundler, ...node }],
      ["bundler, in a browser", ["client.ts"], { ...bundler, ...browser }],
      [
        "bundler, with the condition of browsers",
        ["client.ts"],
        { ...bundler, ...browser, customConditions: ["browser"] },
      ],
      ["node10", ["client.ts"], { module: "commonjs", moduleResolution: "node10", ...node }],
    ])("are right under %s", (_resolution, files, options) => {
      for (const subpath of ["stowage/client", "stowage/client/web"]) {
        const core = `import { CoreClient } from "stowage/client/core";${typedCore}`;
        const source = `import { Client, nearCache } from "${subpath}";${typed}${core}`;
        for (const file of files) consumer.write(file, source);
        expect(() => consumer.tsc(files, options)).not.toThrow();
      }
    });
  });

  describe("what a page loads of it", () => {
    it("is small at first, and the rest comes when it is used", async () => {
      const uses = (names: string) =>
        bundled(consumer.folder, `import { ${names} } from "stowage/client"; globalThis.used = [${names}];`);
      const [client, near] = [await uses("Client"), await uses("Client, nearCache")];
      const core = await bundled(
        consumer.folder,
        `import { CoreClient } from "stowage/client/core"; globalThis.used = CoreClient;`,
      );
      process.stdout.write(`${tableOf(core, client, near)}\n`);
      expect(core.external).toEqual([]);
      expect(core.all).toEqual(core.atFirst);
      expect(core.atFirst.gzipped).toBeLessThan(CORE_BYTES_MAX);
      expect(client.external).toEqual([]);
      expect(client.parts.size).toBeGreaterThan(1);
      expect(client.atFirst.gzipped).toBeLessThan(BYTES_MAX);
    });
  });
}

/** For people: bytes of what a page loads, and when. */
function tableOf(core: Bundle, client: Bundle, near: Bundle): string {
  const line = (what: string, { minified, gzipped }: Size) =>
    `${what.padEnd(44)}${String(minified).padStart(10)}${String(gzipped).padStart(10)}`;
  const parts = [...client.parts].map(([name, size]) => line(`  when first used: ${name}`, size));
  return [
    `${"what a page loads of stowage/client".padEnd(44)}  minified  and gzip`,
    line("CoreClient, everything", core.all),
    line("Client, at first", client.atFirst),
    ...parts,
    line("Client, nearCache, at first", near.atFirst),
    line("Client, nearCache, everything", near.all),
  ].join("\n");
}
