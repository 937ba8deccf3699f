/**
 * The published packages work as their users get them: packed, installed into an empty folder, imported, type-checked, and,
 * the library, without anything of Node where browsers load it.
 */
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeClient } from "./client.js";
import { Consumer, type Packed, packAll, root, run } from "./consumer.js";
import { describeHttp1 } from "./http1.js";
import { describeLibrary } from "./library.js";
import { describeServer } from "./server.js";
import { describeTiers } from "./tiers.js";

/** What each package weighs at most, unpacked. */
const published = { stowage: 4_500_000, http1: 200_000, server: 1_000_000 };
const folders = Object.keys(published) as (keyof typeof published)[];

const packed = {} as Record<keyof typeof published, Packed>;
const consumers: Consumer[] = [];

beforeAll(() => {
  for (const [index, each] of packAll(folders).entries()) packed[folders[index]] = each;
});

afterAll(() => {
  for (const consumer of consumers) consumer.remove();
  if (packed.stowage !== undefined) rmSync(dirname(packed.stowage.tarball), { recursive: true });
});

/** A project that has these packages, made when it is first asked for. */
function consumerOf(...names: readonly (keyof typeof published)[]): () => Consumer {
  let consumer: Consumer | undefined;
  return () => {
    if (consumer === undefined) {
      consumer = new Consumer(...names.map((name) => packed[name]));
      consumers.push(consumer);
    }
    return consumer;
  };
}

describe.each(folders)("the tarball of packages/%s", (folder) => {
  it("holds code, types, README and licence, and nothing else", () => {
    const stray = packed[folder].files.filter((path) => !/^dist\/.*\.(js|cjs|d\.ts|d\.cts)$/.test(path));
    expect(stray.sort()).toEqual(["LICENSE", "README.md", "package.json"]);
  });

  it("stays small", () => {
    expect(packed[folder].bytes).toBeLessThan(published[folder]);
  });

  it("pleases publint", async () => {
    const data = readFileSync(packed[folder].tarball);
    const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    const { messages } = await publint({ pack: { tarball }, strict: true });
    expect(messages).toEqual([]);
  });

  it("pleases Are The Types Wrong, under every resolution that it means to have", () => {
    const { tarball, manifest } = packed[folder];
    const hasCommonJs = JSON.stringify(manifest.exports).includes('"require"');
    const options = ["--no-definitely-typed", "--format", "ascii", "--exclude-entrypoints", "./package.json"];
    const profile = hasCommonJs ? "strict" : "esm-only";
    run(join(root, "node_modules/.bin/attw"), [tarball, ...options, "--profile", profile], root);
  });
});

describeLibrary(consumerOf("stowage"));
describe("stowage/tiered, installed", () => describeTiers(consumerOf("stowage")));
describe("stowage/client, installed", () => describeClient(consumerOf("stowage", "http1", "server")));
describe("packages/http1, installed", () => describeHttp1(consumerOf("http1")));
describe("packages/server, installed", () => describeServer(consumerOf("stowage", "http1", "server")));
