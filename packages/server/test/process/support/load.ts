/**
 * Clients that know what they may be answered: each writes keys of its own, and holds every answer against what it wrote. A
 * connection that is lost leaves open whether the write under way was done; an answer that agrees with neither is wrong.
 */
import { type Answer, Client } from "./clients.js";

export interface Tally {
  answers: number;
  /** Connections lost. */
  losses: number;
  /** What was asked, and what was answered. */
  wrong: string[];
}

export interface Load {
  readonly port: number;
  readonly isOver: () => boolean;
  readonly tally: Tally;
  /** Entries may be missing at any time, since the memory is too small for all. */
  readonly evicts?: boolean;
}

const KEYS = 40;
/** One connection in so many requests is closed and opened again by the client itself. */
const REQUESTS_A_CONNECTION = 500;

/** What a key may hold: JSON texts; null: nothing. */
type May = Set<string | null>;

/** One request: what it makes of what its key holds, and what its answer may be. */
interface Step {
  send(client: Client): Promise<Answer | undefined>;
  /** What the key may hold afterwards, for each that it may hold before. */
  after(before: string | null): string | null;
  isRight(answer: Answer, may: May): boolean;
  /** What the key holds after the answer. */
  known(answer: Answer, may: May): May;
}

export async function useServer(load: Load, name: number): Promise<void> {
  const { port, tally } = load;
  const keys = new Map<string, May>();
  let client = await Client.connect(port);
  for (let serial = 1; !load.isOver(); serial++) {
    const key = `${name}:${serial % KEYS}`;
    const may = keys.get(key) ?? new Set([null]);
    if (load.evicts) may.add(null);
    const step = stepOf(key, serial);
    const answer = await step.send(client);
    if (answer === undefined) {
      tally.losses++;
      keys.set(key, new Set([...may, ...[...may].map((value) => step.after(value))]));
    } else {
      tally.answers++;
      if (!step.isRight(answer, may)) tally.wrong.push(`${key}, #${serial}: ${answer.status} ${answer.body}`);
      keys.set(key, step.known(answer, may));
    }
    if (answer !== undefined && serial % REQUESTS_A_CONNECTION !== 0) continue;
    client.socket.destroy();
    client = await Client.connect(port);
  }
  client.socket.destroy();
}

/** Keys below 8 are counters, the others hold texts. */
function stepOf(key: string, serial: number): Step {
  if (serial % KEYS < 8) return serial % 5 === 0 ? get(key) : incr(key);
  const value = JSON.stringify(`${key}:${serial}:${"x".repeat((serial * 37) % 900)}`);
  const kinds = [get, set, get, batch, get, put, get, getV1, remove, get];
  return kinds[Math.floor(serial / 3) % kinds.length](key, value);
}

const held = (answer: Answer) => (answer.status === 404 ? null : answer.body);
const unchanged = (before: string | null) => before;

function get(key: string): Step {
  const told = (answer: Answer) => held(answer)?.slice('{"value":'.length, -1) ?? null;
  return {
    send: (client) => client.get(`/cache/get?key=${key}`),
    after: unchanged,
    isRight: (answer, may) => may.has(told(answer)),
    known: (answer) => new Set([told(answer)]),
  };
}

function getV1(key: string): Step {
  return {
    send: (client) => client.get(`/v1/keys/${key}`),
    after: unchanged,
    isRight: (answer, may) => may.has(held(answer)),
    known: (answer) => new Set([held(answer)]),
  };
}

function writing(value: string | null, statuses: readonly number[], send: Step["send"]): Step {
  return {
    send,
    after: () => value,
    isRight: ({ status }) => statuses.includes(status),
    known: () => new Set([value]),
  };
}

function set(key: string, value: string): Step {
  return writing(value, [200], (client) => client.post("/cache/set", { key, value: JSON.parse(value) }));
}

function put(key: string, value: string): Step {
  return writing(value, [201, 204], (client) => client.request("PUT", `/v1/keys/${key}`, value));
}

function remove(key: string): Step {
  return writing(null, [200], (client) => client.request("DELETE", `/cache/delete?key=${key}`, ""));
}

/** Sets, and gets what was set: both in one request. */
function batch(key: string, value: string): Step {
  const operations = [
    { op: "set", key, value: JSON.parse(value) },
    { op: "get", key },
  ];
  return {
    ...writing(value, [200], (client) => client.post("/cache/batch", { operations })),
    isRight: ({ status, body }) => status === 200 && body.includes(`"value":${value}`),
  };
}

function incr(key: string): Step {
  const after = (before: string | null) => String(Number(before ?? 0) + 1);
  const told = ({ body }: Answer) => String(JSON.parse(body).value);
  return {
    send: (client) => client.post("/cache/incr", { key }),
    after,
    isRight: (answer, may) =>
      answer.status === 200 && [...may].some((value) => after(value) === told(answer)),
    known: (answer) => new Set([told(answer)]),
  };
}
