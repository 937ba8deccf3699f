/** Node's builtins are found on Node, and missed with a clear error elsewhere. */
import * as fs from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { UnavailableError } from "../../src/base/errors.js";
import { findNodeBuiltin, nodeBuiltin } from "../../src/base/node.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("on Node it is the very module", () => {
  expect(nodeBuiltin("node:fs").readFileSync).toBe(fs.readFileSync);
  expect(findNodeBuiltin("node:fs")?.readFileSync).toBe(fs.readFileSync);
});

test.each([
  ["no process", undefined],
  ["an old Node", {}],
])("with %s it is an error that says what is needed", (_, host) => {
  vi.stubGlobal("process", host);
  const attempt = () => nodeBuiltin("node:fs", "save()");
  expect(attempt).toThrow(UnavailableError);
  expect(attempt).toThrow("save() needs node:fs (Node 20.16 or later)");
  expect(findNodeBuiltin("node:fs")).toBeUndefined();
});
