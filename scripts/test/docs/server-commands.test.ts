/** Commands of the documentation that have to do with the server: those that would not work are found out. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { problemWithServerCommand, wordsOf } from "../../docs/server-commands.js";

const root = join(import.meta.dirname, "../../..");
const problemWith = (line: string) => problemWithServerCommand(root, line);

describe("a command", () => {
  it.each([
    "stowage get a --json | jq .value",
    `stowage set a '{"b": 1}' --ttl 5m`,
    "STOWAGE_PORT=1 stowage serve --memory 1gb",
    "stowage scan a: | xargs -d '\\n' stowage del --",
    "npx stowage-server --port 4000",
    "npm install --global stowage-server",
    "curl -X PUT http://127.0.0.1:4000/v1/keys/a -d x",
    "curl -d {} http://127.0.0.1:4000/cache/set",
    "docker build -f packages/server/deploy/Dockerfile .",
    "stowage dump | gzip > a.gz",
  ])("that works is fine: %s", (line) => {
    expect(problemWith(line)).toBeUndefined();
  });

  it.each([
    ["stowage gte a", "there is no command gte"],
    ["stowage get a --jsn", "did you mean --json"],
    ["stowage get", "needs KEY"],
    ["stowage serve --prot 1", "did you mean --port"],
    ["STOWAGE_PROT=1 stowage serve", "did you mean STOWAGE_PORT"],
    ["stowage-server --memory lots", "--memory must be"],
    ["stowage dump | stowage laod", "there is no command laod"],
    ["curl http://127.0.0.1:4000/cache/gte", "no route GET /cache/gte"],
    ["curl -X POST http://127.0.0.1:4000/v1/keys/a", "no route POST"],
    ["docker build -f packages/server/Dockerfile .", "there is no packages/server/Dockerfile"],
  ])("that does not is named: %s", (line, text) => {
    expect(problemWith(line)).toContain(text);
  });

  it.each(["frobnicate", "npm install left-pad", "stowage get a | frobnicate"])(
    "of others is left to others: %s",
    (line) => {
      expect(problemWith(line)).toBeNull();
    },
  );
});

it("words are what a shell makes of a line", () => {
  expect(wordsOf(`a 'b c' "d \\" $e" f\\ g h'i'j`)).toEqual(["a", "b c", 'd " $e', "f g", "hij"]);
});
