/** The clients of soak-server.ts, in a process of their own: started by an order, ended by "end", answered by a report. */
import { once } from "node:events";
import { Client } from "../../packages/server/test/process/support/clients.js";
import { type Tally, useServer } from "../../packages/server/test/process/support/load.js";

export interface LoadOrder {
  readonly port: number;
  /** Those that work. */
  readonly clients: number;
  /** Connections that are opened, used once, and held. */
  readonly idle: number;
}

export type LoadReport = Tally;

/** Opened at one time: more would only wait in the system's queue. */
const BATCH = 200;

const [{ port, clients, idle }] = (await once(process, "message")) as [LoadOrder];
const tally: Tally = { answers: 0, losses: 0, wrong: [] };
let isOver = false;
for (let held = 0; held < idle; held += BATCH) {
  await Promise.all(Array.from({ length: Math.min(BATCH, idle - held) }, () => hold()));
}
const working = Array.from({ length: clients }, (_, name) =>
  useServer({ port, isOver: () => isOver, tally, evicts: true }, name),
);
process.send?.("started");
await once(process, "message");
isOver = true;
await Promise.all(working);
process.send?.(tally, () => process.exit());

/** Opened again when its worker was killed, so that there are always as many. */
async function hold(): Promise<void> {
  const client = await Client.connect(port);
  await client.get("/health");
  client.ended.then(() => {
    if (!isOver) hold();
  });
}
