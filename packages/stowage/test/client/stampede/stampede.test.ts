/** Fifty real processes miss one key at one time: its loader runs once. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fleet } from "./fleet.js";

const SIZE = 50;
/** Long enough for all to have asked, which on a busy machine takes a while. */
const LOAD_MS = 2_000;

let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.start(SIZE);
}, 120_000);
afterAll(() => fleet[Symbol.asyncDispose](), 60_000);

const later = (fn: () => void) => setTimeout(fn, LOAD_MS);

describe("fifty processes that ask for", () => {
  for (const [what, answer, got] of [
    ["fetch", "the report", "the report"],
    ["remember", "the other report", "the other report"],
    ["nothing", "", "nothing"],
    ["list", "a,b,c", "a,b,c"],
  ] as const) {
    it(`${what}: one load`, async () => {
      fleet.onLoad = ({ name, answer: reply }) => later(() => reply(name === what ? answer : "?"));
      expect(await fleet.ask(what)).toEqual(Array(SIZE).fill(got));
      expect(fleet.countOf(what)).toBe(1);
      expect(await fleet.ask(what)).toEqual(Array(SIZE).fill(got));
      expect(fleet.countOf(what)).toBe(1);
    });
  }

  it("what one is killed over: one more load, when its lease has passed on", async () => {
    fleet.onLoad = ({ pid, answer }) => {
      if (fleet.countOf("killed") === 1) fleet.kill(pid);
      else setTimeout(() => answer("at last"), 300);
    };
    expect(await fleet.ask("killed")).toEqual(Array(SIZE - 1).fill("at last"));
    expect(fleet.countOf("killed")).toBe(2);
  });
});

describe("a fleet that", () => {
  it("asks for no leases loads many times: the test would notice", async () => {
    const edit = {
      file: "client/loading/entering.ts",
      find: "if (!isLeasable(key)) return ALONE;",
      replace: "if (key !== undefined) return ALONE;",
    };
    await using broken = await Fleet.start(5, [edit]);
    broken.onLoad = ({ answer }) => later(() => answer("x"));
    await broken.ask("fetch");
    expect(broken.countOf("fetch")).toBeGreaterThan(1);
  });
});
