/**
 * Loaded (`--import`) into the process that runs a documentation example: the functions that expectations.ts
 * writes calls to. Plain JavaScript, so that it loads before anything that compiles TypeScript.
 */
import assert from "node:assert/strict";

function blame({ line, code }) {
  return `line ${line}: ${code}`;
}

globalThis.__expectExample = {
  equal(actual, expected, where) {
    try {
      assert.deepStrictEqual(actual, expected);
    } catch (error) {
      throw new Error(`${blame(where)}\n${error.message}`);
    }
  },
  about(actual, expected, where) {
    const near = typeof actual === "number" && Math.abs(actual - expected) <= Math.abs(expected) * 0.05;
    if (!near) throw new Error(`${blame(where)}\nis ${actual}, not about ${expected}`);
  },
  async throws(act, name, where) {
    let value;
    try {
      value = await act();
    } catch (error) {
      if (error?.name === name) return;
      throw new Error(`${blame(where)}\nthrows ${error?.name}, not ${name}`, { cause: error });
    }
    throw new Error(`${blame(where)}\ngives ${String(value)}, does not throw ${name}`);
  },
};
