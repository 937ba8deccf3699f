/** One process of the fleet. Each line that it is sent is a thing to ask for; it prints what it got. */
import { createInterface } from "node:readline";
import { Client } from "../../../src/client/index.js";

const [url, sourceUrl] = process.argv.slice(2);
const client = new Client({ url, timeout: "60s" });

/** The source counts, and answers when the test likes. */
async function load(name: string): Promise<string> {
  const response = await fetch(`${sourceUrl}/${name}`, { method: "POST", body: String(process.pid) });
  return response.text();
}

const asks: Record<string, () => Promise<unknown>> = {
  fetch: () => client.fetch("report", () => load("fetch"), { ttl: "1m", timeout: "30s" }),
  remember: () => client.remember("other", () => load("remember"), { ttl: "1m", timeout: "30s" }),
  nothing: async () => {
    const loader = async () => {
      await load("nothing");
      return undefined;
    };
    const found = await client.fetch("absent", loader, { negativeTtl: "1m", timeout: "30s" });
    return found ?? "nothing";
  },
  list: async () => {
    const loader = async () => (await load("list")).split(",").map((id) => ({ id }));
    const list = await client.rememberAll("item:", loader, {
      key: ({ id }) => id,
      ttl: "1m",
      timeout: "30s",
    });
    return list.items.map(({ id }) => id).join();
  },
  killed: () => client.fetch("killed", () => load("killed"), { ttl: "1m", timeout: "1s" }),
};

await client.health();
process.stdout.write("ready\n");
for await (const line of createInterface(process.stdin)) {
  const value = await asks[line]().catch((error) => `failed: ${error}`);
  process.stdout.write(`${line} ${value}\n`);
}
client.close();
