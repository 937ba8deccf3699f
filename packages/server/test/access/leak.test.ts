/** A whole server in a process of its own, at its most talkative: no token is in anything that it says. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { hashOf } from "../../src/access/index.js";

const folder = mkdtempSync(join(tmpdir(), "stowage-leak-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const program = (name: string) => fileURLToPath(new URL(`../../src/${name}.ts`, import.meta.url));
/** What every secret of this test begins with. */
const MARK = "s3cret";
const [setting, filed, wrong] = ["setting", "filed", "wrong"].map(
  (name) => `${MARK}-token-${name}-0123456789`,
);

function run(name: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const options = { env: { PATH: process.env.PATH, ...env }, stdio: "pipe" } as const;
  const child = spawn(process.execPath, ["--import", "tsx", program(name), ...args], options);
  children.push(child);
  const said = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said.text += part));
  return { child, said };
}

const writeTokens = (path: string, ...entries: object[]) =>
  writeFileSync(path, JSON.stringify({ tokens: entries }));

describe("a server that says all it can", () => {
  it("never says a token, nor what it keeps of one", async () => {
    const tokensFile = join(folder, "tokens.json");
    writeTokens(tokensFile, { name: "web", sha256: hashOf(filed), scope: "write" });
    const args = ["--port", "0", "--workers", "1", "--memory", "4mb", "--tokens-file", tokensFile];
    const talk = ["--log-level", "debug", "--access-log", "--slow-ms", "1"];
    const { child, said } = run("bin-server", [...args, ...talk], { LIX_API_KEYS: setting });
    const until = (text: string) => vi.waitFor(() => expect(said.text).toContain(text), { timeout: 30_000 });
    await until("http://127.0.0.1:");
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said.text)!;
    const ask = async (path: string, authorization?: string, init: RequestInit = {}) =>
      (await fetch(url + path, { ...init, ...(authorization && { headers: { authorization } }) })).status;

    expect(await ask("/cache/get?key=a", `Bearer ${setting}`)).toBe(404);
    expect(await ask("/cache/get?key=a", `Bearer ${filed}`)).toBe(404);
    expect(await ask("/cache/get?key=a", `Bearer ${wrong}`)).toBe(401);
    expect(await ask(`/cache/get?key=a&token=${setting}`)).toBe(401);
    expect(
      await ask("/cache/set", `Bearer ${setting}`, { method: "POST", body: `{"token": "${setting}"` }),
    ).toBe(415);
    expect(await ask("/metrics", `Bearer ${filed}`)).toBe(403);

    // Somebody puts a token into the file, and half a line beside it.
    writeTokens(
      tokensFile,
      { name: "web", token: filed },
      { name: wrong.replaceAll("-", " "), sha256: wrong },
    );
    child.kill("SIGHUP");
    await until("tokens do not stand in the file");
    writeFileSync(tokensFile, `{"tokens": [{"name": "web", "sha256": "${filed}" "${wrong}"`);
    child.kill("SIGHUP");
    await until("it is not JSON at line 1");
    expect(await ask("/cache/get?key=a", `Bearer ${filed}`)).toBe(404);

    // What was read anew counts from the next request on, on connections that are open too.
    writeTokens(tokensFile, { name: "web", sha256: hashOf(wrong) });
    child.kill("SIGHUP");
    await vi.waitFor(async () => expect(await ask("/cache/get?key=a", `Bearer ${wrong}`)).toBe(404), {
      timeout: 30_000,
    });
    expect(await ask("/cache/get?key=a", `Bearer ${filed}`)).toBe(401);

    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(said.text).toContain('"route":"cache_get"');
    expect(said.text).not.toContain(MARK);
    for (const token of [setting, filed, wrong]) expect(said.text).not.toContain(hashOf(token));
  });

  it("shows stars for them in config --print, and none in what it refuses", async () => {
    const env = { STOWAGE_TOKENS: setting };
    for (const [args, shown] of [
      [["config", "--print", "--port", "4001"], /\btokens +\*\*\* +STOWAGE_TOKENS\n/],
      [["config", "--print", "--json"], /"\*\*\*"/],
      [["serve", "--tokens", `${setting} ${filed}`], /--tokens must be texts separated by commas/],
    ] as const) {
      const { child, said } = run("bin", args, env);
      await once(child, "close");
      expect(said.text).toMatch(shown);
      expect(said.text).not.toContain(MARK);
    }
  });
});
