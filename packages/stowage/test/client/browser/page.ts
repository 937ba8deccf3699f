/**
 * A page in a real browser, at an origin of its own, with the client as it is bundled for browsers. What it does is written
 * as functions that run over there: `inPage(page, async ({ url }) => ..., { url })`.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const source = (path: string) => new URL(`../../../src/${path}`, import.meta.url).pathname;

export interface OpenedPage {
  readonly page: Page;
  /** Where the page comes from: another origin than that of any cache server. */
  readonly origin: string;
  close(): Promise<void>;
}

/** `window.stowage` is everything that `stowage/client/web` exports. */
export async function openPage(): Promise<OpenedPage> {
  const script = await bundled();
  const server = createServer((request, response) => {
    const isScript = request.url === "/stowage.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<!doctype html><title>page</title><script src="/stowage.js"></script>');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launch();
  const page = await browser.newPage();
  await page.goto(origin);
  return {
    page,
    origin,
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

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source("client/web/index.ts")],
    bundle: true,
    format: "iife",
    globalName: "stowage",
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "warning",
  });
  return outputFiles[0].text;
}
