/** Uses a near cache, and ends without closing its client. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { Client, nearCache } from "../../../src/client/index.js";

const client = new Client({ url: process.argv[2], near: nearCache() });
await client.set("a", 1);
while ((await client.get("a")) !== 1 || client.peek("a") !== 1) await nextTurn();
process.stdout.write("kept");
