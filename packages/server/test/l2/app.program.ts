/**
 * An application process of a fleet, without a server: tiers over Redis. `node app.program.mjs <url> <name> <ms that a load takes>`.
 * Says "ready", waits for a line, fetches a key, and says what it got. Loads are counted in Redis.
 */
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { RedisBus, RedisStore } from "stowage/stores/redis";
import { createTiered } from "stowage/tiered";

const [, , url, name, loadMs] = process.argv;
const client = new Redis(url);
const store = new RedisStore({ client });
const cache = createTiered<string>({
  name,
  l2: store,
  bus: new RedisBus({ client }),
  fetch: { leaseTtl: "1s" },
});
const say = (text: string) => process.stdout.write(`${text}\n`);

await client.ping();
say("ready");
for await (const key of createInterface({ input: process.stdin })) {
  const value = await cache.fetch(key, async () => {
    const loads = await client.incr(`${name}.loads`);
    say(`loading ${loads}`);
    await new Promise((resolve) => setTimeout(resolve, Number(loadMs)));
    return `load ${loads}`;
  });
  say(`value ${value}`);
}
