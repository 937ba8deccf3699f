/** The API of Lix Cache, case by case, through a socket. */
import { describe, expect, it } from "vitest";
import { cases } from "./cases/index.js";
import { contract } from "./scenes.js";

describe("the routes below /cache", async () => {
  const outcomes = await contract();
  it("has cases of different names", () => expect(outcomes.size).toBe(cases.length));
  for (const { name } of cases) it(name.slice(0, 100), () => expect(outcomes.get(name)).toEqual([]));
});
