/** The examples of docs/lix-api.md, run one after another against one server. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startAppServer } from "../../support/app-server.js";

const page = readFileSync(new URL("../../../../../docs/lix-api.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```sh\n(.*?)```\n\n```json\n(.*?)```/gs)].map(
  ([, commands, answers]) => ({
    commands: commands.trim().split("\n"),
    answers: answers.trim().split("\n"),
  }),
);

/** Does what curl would do. */
async function curl(command: string, url: string): Promise<string> {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
  const [name, ...rest] = words;
  expect(name).toBe("curl");
  let method = "GET";
  let body: string | undefined;
  let target = "";
  while (rest.length > 0) {
    const word = rest.shift() as string;
    if (word === "-X") method = rest.shift() as string;
    else if (word === "--json") {
      method = "POST";
      body = rest.shift();
    } else target = word;
  }
  expect(target).toMatch(/^localhost:4000\//);
  const answer = await fetch(target.replace("localhost:4000", url), {
    method,
    ...(body !== undefined && { body, headers: { "content-type": "application/json" } }),
  });
  return answer.text();
}

describe("docs/lix-api.md", () => {
  it("shows what the server answers", async () => {
    await using server = await startAppServer();
    expect(examples.length).toBeGreaterThan(8);
    for (const { commands, answers } of examples) {
      const got: string[] = [];
      for (const command of commands) got.push(await curl(command, server.url));
      expect({ commands, got }).toEqual({ commands, got: answers });
    }
  });

  it("has no other commands", () => {
    const blocks = page.match(/```sh/g) ?? [];
    expect(blocks.length).toBe(examples.length);
  });
});
