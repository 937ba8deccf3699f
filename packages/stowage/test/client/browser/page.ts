/**
 * A page in a real browser, at an origin of its own, with the client as bundlers make it for browsers: modules, the parts that
 * are loaded when they are first used in files of their own. What the page does is written in the tests as functions for
 * `page.evaluate`, which runs them over there.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const source = (path: string) => new URL(`../../../src/${path}`, import.meta.url).pathname;

const HTML = `<!doctype html><title>page</title>
<script type="module">globalThis.stowageCore = await import("/core.js"); globalThis.stowage = await import("/index.js");</script>`;

export interface OpenedPage {
  readonly page: Page;
  /** Where the page comes from: another origin than that of any cache server. */
  readonly origin: string;
  /** Names of the files of the client that the browser has asked for. */
  readonly loaded: ReadonlySet<string>;
  close(): Promise<void>;
}

/** `stowage`, over there, is everything that `stowage/client/web` exports, `stowageCore` that of `stowage/client/core`. */
export async function openPage(): Promise<OpenedPage> {
  const files = await bundled();
  const loaded = new Set<string>();
  const server = createServer((request, response) => {
    const name = basename(request.url ?? "");
    const script = files.get(name);
    if (script !== undefined) loaded.add(name);
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    response.end(script ?? HTML);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launch();
  const page = await browser.newPage();
  await page.goto(origin);
  await page.waitForFunction("globalThis.stowage !== undefined");
  return {
    page,
    origin,
    loaded,
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--headless", "--no-sandbox"] });
}

/** File name -> JavaScript; index.js and core.js are the entries. */
async function bundled(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: { index: source("client/web/index.ts"), core: source("client/core/index.ts") },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: "/",
    write: false,
    logLevel: "warning",
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
}
