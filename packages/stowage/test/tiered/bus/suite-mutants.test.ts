/** The bus suite fails on buses that are broken: each is one of the process's with one edit of its sources. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../../scripts/build/edited.js";

const sources = fileURLToPath(new URL("../../../", import.meta.url));
const MEMORY = "src/tiered/bus/memory-bus.ts";
const CUTTABLE = "test/tiered/bus/cuttable-bus.ts";

const mutants: readonly (readonly [name: string, file: string, find: string, replace: string])[] = [
  ["tells nobody", MEMORY, "listener.message(text));", "void [listener, text]);"],
  [
    "tells the first one only",
    MEMORY,
    "soon(subscription, ({ listener }) => listener.message(text));",
    "return soon(subscription, ({ listener }) => listener.message(text));",
  ],
  ["tells twice", MEMORY, "listener.message(text));", "[listener.message(text), listener.message(text)]);"],
  [
    "tells in another order",
    MEMORY,
    "soon(subscription, ({ listener }) => listener.message(text));",
    "text.length % 2 === 0 ? soon(subscription, ({ listener }) => listener.message(text)) : queueMicrotask(() => soon(subscription, ({ listener }) => listener.message(text)));",
  ],
  ["cuts long texts", MEMORY, "listener.message(text));", "listener.message(text.slice(0, 3_000)));"],
  [
    "loses what is no letter",
    MEMORY,
    "listener.message(text));",
    'listener.message(text.replace(/[^ -~]/g, "?")));',
  ],
  [
    "loses what is empty",
    MEMORY,
    "listener.message(text));",
    "text === '[\"\"]' ? undefined : listener.message(text));",
  ],
  [
    "has one channel",
    MEMORY,
    "const subscriptions = this.#room.get(channel) ?? new Set();\n    this.#room.set(channel, ",
    'const subscriptions = this.#room.get("") ?? new Set();\n    this.#room.set("", ',
  ],
  [
    "has channels of a few letters",
    MEMORY,
    "async publish(channel: string, text: string): Promise<void> {",
    "async publish(name: string, text: string): Promise<void> {\n    const channel = name.length < 150 ? name : [...this.#room.keys()].find((each) => each.startsWith(name.slice(0, 150))) ?? name;",
  ],
  [
    "does not tell upper from lower case",
    MEMORY,
    "async publish(channel: string, text: string): Promise<void> {",
    "async publish(name: string, text: string): Promise<void> {\n    const channel = [...this.#room.keys()].find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;",
  ],
  [
    "takes channels for patterns",
    MEMORY,
    "for (const subscription of this.#room.get(channel) ?? [])",
    'for (const subscription of [...this.#room].flatMap(([name, all]) => (name === channel || (name.endsWith("*") && channel.startsWith(name.slice(0, -1))) ? [...all] : [])))',
  ],
  [
    "never says that it is connected",
    MEMORY,
    "soon(subscription, () => listener.connected(true, false));",
    "",
  ],
  [
    "says that it is connected twice",
    MEMORY,
    "soon(subscription, () => listener.connected(true, false));",
    "soon(subscription, () => listener.connected(true, false)); soon(subscription, () => listener.connected(true, false));",
  ],
  [
    "says that it is connected before it is",
    MEMORY,
    "soon(subscription, () => listener.connected(true, false));",
    "subscriptions.delete(subscription); listener.connected(true, false); setTimeout(() => subscriptions.add(subscription), 5);",
  ],
  ["tells those who stopped", MEMORY, "subscription.isOver = true;", ""],
  [
    "goes on telling those who stopped",
    MEMORY,
    "subscription.isOver = true;\n      this.#stops.delete(stop);\n      subscriptions.delete(subscription);",
    "this.#stops.delete(stop);",
  ],
  [
    "stops all when one stops",
    MEMORY,
    "subscriptions.delete(subscription);",
    "for (const each of subscriptions) each.isOver = true; subscriptions.clear();",
  ],
  [
    "stops others when one stops twice",
    MEMORY,
    "if (subscriptions.size === 0 && this.#room.get(channel) === subscriptions) this.#room",
    "if (subscriptions.size === 0) this.#room",
  ],
  ["publishes after close", MEMORY, 'if (this.#isClosed) throw new ClosedError("publish");', ""],
  ["listens after close", MEMORY, 'if (this.#isClosed) throw new ClosedError("subscribe");', ""],
  ["tells after close", MEMORY, "for (const stop of [...this.#stops]) stop();", ""],
  [
    "closes all when one is closed",
    MEMORY,
    "this.#isClosed = true;\n    for",
    "this.#isClosed = true;\n    for (const all of this.#room.values()) for (const each of all) each.isOver = true;\n    for",
  ],
  [
    "never ends a close",
    MEMORY,
    "async close(): Promise<void> {",
    "async close(): Promise<void> {\n    if (this.#isClosed) await new Promise(() => undefined);",
  ],
  ["says another length", MEMORY, "textBytesMax = Number.POSITIVE_INFINITY", "textBytesMax = 1_000"],
  ["does not tell that it is cut", CUTTABLE, "listener.connected(false, false);", "void listener;"],
  ["does not tell that it is back", CUTTABLE, "listener.connected(true, this.#replays);", ""],
  [
    "says that it missed nothing",
    CUTTABLE,
    "listener.connected(true, this.#replays);",
    "listener.connected(true, true);",
  ],
  [
    "says that it missed something",
    CUTTABLE,
    "listener.connected(true, this.#replays);",
    "listener.connected(true, false);",
  ],
  ["loses what it says it replays", CUTTABLE, "if (this.#replays) for", "if (false) for"],
  [
    "replays from the end",
    CUTTABLE,
    "const texts = missed.splice(0);",
    "const texts = missed.splice(0).reverse();",
  ],
  ["stays cut", CUTTABLE, "this.#isCut = false;\n    for", "for"],
  [
    "never answers while it is cut",
    CUTTABLE,
    'if (this.#isCut) throw new Error("not connected");',
    "if (this.#isCut) await new Promise(() => undefined);",
  ],
];

const edits: readonly (readonly [string, Edit])[] = mutants.map(([name, file, find, replace]) => [
  name,
  { file, find, replace },
]);

async function faultOf(edited: readonly Edit[]): Promise<string | undefined> {
  const entry = new URL("./suite-run.ts", import.meta.url);
  return (await importEdited<typeof import("./suite-run.js")>(entry, { sources, edits: edited })).fault();
}

describe("the bus suite finds a bus that", () => {
  for (const [name, edit] of edits) it(name, async () => expect(await faultOf([edit])).not.toBe(undefined));
});

describe("the list of mutants", () => {
  it("fits the sources", () =>
    expect(
      misfitsOf(
        sources,
        edits.map(([, edit]) => edit),
      ),
    ).toEqual([]));

  it("is run by a suite that finds nothing wrong with what is not broken", async () =>
    expect(await faultOf([])).toBe(undefined));
});
