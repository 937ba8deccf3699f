/** Which addresses other machines reach, and what is said when they can reach everything. */
import { describe, expect, it } from "vitest";
import { exposureOf, isLoopback } from "../../src/config/exposure.js";
import { ConfigError, loadConfig } from "../../src/config/index.js";

const configOf = (...args: string[]) => loadConfig({ args, env: {} }).config;

describe("an address", () => {
  for (const host of [
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "localhost",
    "LOCALHOST",
  ])
    it(`${host} is this machine's own`, () => expect(isLoopback(host)).toBe(true));
  const reached = [
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "128.0.0.1",
    "::2",
    "::ffff:10.0.0.1",
    "fe80::1",
    "localhost.example",
    "db",
  ];
  for (const host of reached)
    it(`${host} may be reached by others`, () => expect(isLoopback(host)).toBe(false));
});

describe("a server that everybody reaches", () => {
  it("is warned of", () => {
    expect(exposureOf(configOf("--host", "0.0.0.0"))).toMatch(
      /^anybody who reaches 0\.0\.0\.0 can read and change/,
    );
    expect(exposureOf(configOf("--host", "::", "--tokens", "a", "--no-auth"))).toMatch(
      /^anybody who reaches ::/,
    );
  });

  it("is not, with tokens, on its own machine, or on a Unix socket", () => {
    expect(exposureOf(configOf("--host", "::", "--tokens", "a"))).toBeUndefined();
    expect(exposureOf(configOf("--host", "::", "--tokens-file", "f"))).toBeUndefined();
    expect(exposureOf(configOf())).toBeUndefined();
    expect(exposureOf(configOf("--socket", "/tmp/s"))).toBeUndefined();
  });

  it("is refused by --require-auth", () => {
    expect(() => configOf("--require-auth", "--host", "0.0.0.0")).toThrow(ConfigError);
    expect(() => configOf("--require-auth", "--host", "0.0.0.0")).toThrow(
      /^--require-auth refuses this: anybody who/,
    );
    expect(() => configOf("--require-auth", "--host", "::", "--tokens", "a", "--no-auth")).toThrow(
      ConfigError,
    );
    expect(configOf("--require-auth", "--host", "::", "--tokens", "a")["require-auth"]).toBe(true);
    expect(configOf("--require-auth")["require-auth"]).toBe(true);
  });
});
