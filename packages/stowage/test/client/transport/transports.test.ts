/** The same scenes over every transport. */
import { describe, it } from "vitest";
import { fetchTransport } from "../../../src/client/transport/fetch.js";
import { socketTransport } from "../../../src/client/transport/sockets.js";
import { scenes } from "./scenes/index.js";
import type { Subject } from "./support/stage.js";

const subjects: readonly Subject[] = [
  { name: "socketTransport", create: socketTransport(), isStrict: true },
  { name: "fetchTransport", create: fetchTransport(), isStrict: false },
];

describe.each(subjects)("$name:", (subject) => {
  for (const [name, scene] of Object.entries(scenes)) it(name, () => scene(subject));
});
