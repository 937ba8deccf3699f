/** The scenes, on the near cache as it is. */
import { describe, it } from "vitest";
import * as feed from "./feed-scenes.js";
import * as near from "./near-scenes.js";

const title = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

describe("a feed", () => {
  for (const [name, scene] of Object.entries(feed)) it(title(name), scene);
});

describe("a near cache", () => {
  for (const [name, scene] of Object.entries(near)) it(title(name), scene);
});
