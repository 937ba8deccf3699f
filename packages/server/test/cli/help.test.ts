/** Help, documentation and parser are made of the same declarations, and say the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/index.js";
import { exits } from "../../src/cli/exit-codes.js";
import { commandHelp, programHelp, usageOf } from "../../src/cli/help.js";
import { optionsOf, parse } from "../../src/cli/parse.js";
import { cli } from "./support.js";

const root = join(import.meta.dirname, "../../../..");
const page = readFileSync(join(root, "docs/cli.md"), "utf8");
const own = commands.filter(({ takesSettings }) => takesSettings !== true);

describe("the program", () => {
  it("has help, which names every command and every exit code", async () => {
    const texts = await Promise.all([["--help"], ["-h"], ["help"]].map((argv) => cli(argv)));
    for (const { code, out, err } of texts) expect([code, out, err]).toEqual([0, `${programHelp()}\n`, ""]);
    for (const { name, about } of commands)
      expect(programHelp()).toMatch(new RegExp(`^  ${name} +${about}`, "m"));
    for (const { code, meaning } of Object.values(exits))
      expect(programHelp()).toContain(`${code}  ${meaning}`);
    expect(new Set(Object.values(exits).map(({ code }) => code)).size).toBe(Object.keys(exits).length);
  });

  it("has the version of its package", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "packages/server/package.json"), "utf8"));
    expect((await cli(["--version"])).out).toBe(`${version}\n`);
  });
});

describe.each(commands.map((command) => [command.name, command] as const))("stowage %s", (name, command) => {
  it("has help, by flag and by word", async () => {
    const flag = await cli([name, "--help"]);
    expect([flag.code, flag.out, flag.err]).toEqual([0, `${commandHelp(command)}\n`, ""]);
    expect((await cli(["help", name])).out).toBe(flag.out);
    expect(flag.out).toContain(`usage: ${usageOf(command)}`);
    for (const line of flag.out.split("\n")) expect(line.length).toBeLessThanOrEqual(130);
  });

  it("has its section in the documentation", () => {
    expect(page).toContain(`\n## stowage ${name}\n`);
    if (own.includes(command)) expect(page).toContain(`\`\`\`text\n${commandHelp(command)}\n\`\`\``);
  });
});

describe.each(own.map((command) => [command.name, command] as const))("stowage %s", (name, command) => {
  const args = command.arguments.filter(({ optional }) => optional !== true).map(() => "x");

  it("takes every option that it declares, once as it is written and once attached", () => {
    for (const [option, { kind }] of Object.entries(optionsOf(command))) {
      if (kind.placeholder === "")
        expect(parse(command, [...args, `--${option}`]).options[option]).toBe(true);
      else {
        expect(() => parse(command, [...args, `--${option}`])).toThrow(
          `--${option} needs a value: ${kind.expected}`,
        );
        const value = { SIZE: "64", N: "5", DURATION: "5s", URL: "http://x" }[kind.placeholder] ?? "read";
        const text = { "VERB:SHARE,...": "get:1", "json|text|bytes|TYPE": "json" }[kind.placeholder] ?? value;
        const read = kind.read(text);
        expect(read).toBeDefined();
        expect(parse(command, [...args, `--${option}`, text]).options[option]).toEqual(read);
        expect(parse(command, [...args, `--${option}=${text}`]).options[option]).toEqual(read);
      }
    }
  });

  it("falls back to what it says", () => {
    const { options } = parse(command, args);
    for (const [option, { fallback }] of Object.entries(optionsOf(command)))
      expect(options[option]).toBe(fallback);
  });

  it("has examples that it takes itself", () => {
    for (const example of command.examples) {
      const words = example.split(" | ").find((part) => part.includes(`stowage ${name}`))!;
      const given = words
        .slice(words.indexOf(`stowage ${name}`))
        .replace(/ >.*/, "")
        .split(" ")
        .slice(2);
      expect(() => parse(command, words.startsWith("xargs") ? [...given, "x"] : given)).not.toThrow();
    }
  });
});

describe("the documentation", () => {
  it("lists every exit code", () => {
    for (const { code, meaning } of Object.values(exits)) expect(page).toContain(`| ${code} | ${meaning} |`);
  });
});

describe("token", () => {
  it("makes another one each time, and never shows the same entry twice", async () => {
    const [a, b] = await Promise.all([
      cli(["token", "--name", "x", "--json"]),
      cli(["token", "--name", "x", "--json"]),
    ]);
    const { token, entry } = JSON.parse(a.out);
    expect(token).toMatch(/^stw_[\w-]{43}$/);
    expect(entry).toEqual({ name: "x", sha256: expect.stringMatching(/^[0-9a-f]{64}$/), scope: "read" });
    expect(JSON.parse(b.out).token).not.toBe(token);
  });

  it("makes entries that the server takes, for tokens that it then knows", async () => {
    const { createAccess, createLimits, loadTokens } = await import("../../src/access/index.js");
    const { loadConfig } = await import("../../src/config/index.js");
    const { temporaryFile } = await import("./support.js");
    const argv = ["token", "--name", "web", "--scope", "write", "--prefixes", "a:,b:", "--rate", "5"];
    const { out } = await cli(argv);
    const [, token] = /^token: {2}(\S+)$/m.exec(out)!;
    const [, entry] = /^entry: {2}(.*)$/m.exec(out)!;
    const path = temporaryFile("tokens.json", `{"tokens":[${entry}]}`);
    const { config } = loadConfig({ args: ["--tokens-file", path], env: {} });
    const access = createAccess(loadTokens(config), createLimits(), () => 0);
    expect(access.identify(`Bearer ${token}`)).toMatchObject({
      name: "web",
      scope: "write",
      prefixes: ["a:", "b:"],
    });
  });
});

describe("config --print", () => {
  it("prints every setting and who said so, secrets as stars", async () => {
    const env = { STOWAGE_MEMORY: "1gb", STOWAGE_TOKENS: "secret-0123456789abcdef" };
    const { code, out } = await cli(["config", "--print", "--port", "4001"], { env });
    expect(code).toBe(0);
    expect(out).toMatch(/^port +4001 +--port$/m);
    expect(out).toMatch(/^memory +1gb +STOWAGE_MEMORY$/m);
    expect(out).not.toContain("secret");
    const { port, tokens } = JSON.parse((await cli(["config", "--print", "--json"], { env })).out);
    expect([port, tokens.value]).toEqual([{ value: 4000, origin: "default" }, "***"]);
  });
});
