/** A process ends when nobody waits for anything any more, though no client was closed; and not before. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleEdited } from "../../../../../scripts/build/edited.js";
import { ok, ScriptedServer } from "../transport/support/scripted-server.js";

let program: string;
let server: ScriptedServer;

beforeAll(async () => {
  program = await bundleEdited(new URL("./process.program.ts", import.meta.url), { sources: "/" });
  server = await ScriptedServer.start(({ path }) =>
    path === "/events"
      ? "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
      : ok("fine"),
  );
});

afterAll(() => server.close());

/** What it says until it ends by itself. */
async function run(url: string, what: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, url, what], { timeout: 20_000 });
  return stdout.trim();
}

describe("a process with a node that was not closed", () => {
  it("ends, though connections are kept", async () => {
    expect(await run(server.url, "idle")).toBe("fine");
  });

  it("ends, though it follows a stream of events", async () => {
    expect(await run(server.url, "follow")).toBe("200");
  });

  it("does not end during the pauses of a call that somebody waits for", async () => {
    const away = await ScriptedServer.start(() => null);
    const { url } = away;
    await away.close();
    expect(await run(url, "retry")).toBe("ServerUnavailableError");
  });
});
