/** The commands of docs/rest-api.md, run by curl one after another against one server: each has the status that it says. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAppServer } from "../../support/app-server.js";

const page = readFileSync(new URL("../../../../../docs/rest-api.md", import.meta.url), "utf8");
const commands = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block.trim().split("\n"));

it("docs/rest-api.md says how requests are answered", async () => {
  await using server = await startAppServer();
  const cwd = mkdtempSync(join(tmpdir(), "stowage-rest-docs-"));
  writeFileSync(join(cwd, "logo.png"), "\x89PNG");
  const answered: string[] = [];
  for (const command of commands) {
    const [line] = command.replace("http://localhost:4000", server.url).split(" # ");
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
    expect(words[0]).toBe("curl");
    answered.push(`${command.split(" # ")[0]} # ${await statusOf(words.slice(1), cwd)}`);
  }
  rmSync(cwd, { recursive: true });
  expect(answered).toEqual(commands);
  expect(commands.length).toBeGreaterThan(15);
});

function statusOf(args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const quiet = ["-s", "-o", "/dev/null", "-w", "%{http_code}"];
    execFile("curl", [...quiet, ...args], { cwd }, (error, stdout) => {
      if (stdout === "") reject(error ?? new Error("curl said nothing"));
      else resolve(stdout);
    });
  });
}
