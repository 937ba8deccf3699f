/**
 * Keys whose whole hash is the same, tag and bucket alike: made by search, since two of 60,000 keys share a hash of 31 bits more
 * often than not.
 */
import assert from "node:assert/strict";
import type { SharedTable } from "stowage/table";
import { KeyBuffer } from "../../../src/table/memory/key-buffer.js";
import { C_SEED } from "../../../src/table/memory/layout.js";

const SEARCHED = 250_000;

/** Pairs of texts of the same length with the same hash in this table. */
export function collidingPairs(table: SharedTable): [string, string][] {
  const key = new KeyBuffer(new Int32Array(table.handle.control)[C_SEED]);
  const first = new Map<number, string>();
  const pairs: [string, string][] = [];
  for (let n = 0; n < SEARCHED; n += 1) {
    const text = `key-${n + 1_000_000}`;
    key.take(text, "test");
    const other = first.get(key.h1);
    if (other === undefined) first.set(key.h1, text);
    else pairs.push([other, text]);
  }
  return pairs;
}

/** Throws unless the two keys of each pair are two keys for every verb that writes. */
export function keepApart(table: SharedTable, pairs: readonly [string, string][]): void {
  for (const [one, other] of pairs) {
    table.set(one, "one");
    assert.equal(table.get(other), undefined);
    assert.ok(table.add(other, "other") > 0);
    assert.deepEqual([table.getString(one), table.getString(other)], ["one", "other"]);
    table.set(one, "one again, and longer");
    assert.equal(table.delete(other), true);
    assert.equal(table.getString(one), "one again, and longer");
    assert.equal(table.has(other), false);
    table.verify();
  }
}
