/**
 * What the routes below /cache promise, as functions that say what does not hold: so that they can be run on servers that
 * are broken on purpose (mutants.test.ts).
 */
import { FakeClock } from "stowage/testing";
import { startAppServer } from "../../support/app-server.js";
import { type RawAnswer, RawClient } from "../../support/raw-client.js";
import { type Case, cases, type Step } from "./cases/index.js";

/** Runs cases one after another on one server, each from an empty cache. Messages of what was otherwise, case by case. */
export async function contract(list = cases): Promise<Map<string, string[]>> {
  const outcomes = new Map<string, string[]>();
  for await (const [name, problems] of outcomesOf(list)) outcomes.set(name, problems);
  return outcomes;
}

/** The first thing that is otherwise. */
export async function firstBreach(list = cases): Promise<string[]> {
  for await (const [, problems] of outcomesOf(list)) if (problems.length > 0) return problems;
  return [];
}

async function* outcomesOf(list: readonly Case[]): AsyncGenerator<[name: string, problems: string[]]> {
  const clock = new FakeClock();
  await using server = await startAppServer({ clock });
  for (const each of list) {
    server.table.clear();
    yield [each.name, await runCase(server.port, async (ms) => clock.advance(ms), each)];
  }
}

/** One case on one connection. `wait` lets so many milliseconds pass. */
export async function runCase(
  port: number,
  wait: (ms: number) => Promise<void>,
  { steps }: Case,
): Promise<string[]> {
  const problems: string[] = [];
  await using client = await RawClient.connect(port);
  for (const step of steps) {
    if (step.send.startsWith("wait ")) await wait(Number(step.send.slice(5)));
    else {
      try {
        problems.push(...compare(step, await send(client, step)));
      } catch (error) {
        return [...problems, `${step.send.slice(0, 80)}: ${error}`];
      }
    }
  }
  return problems;
}

function send(client: RawClient, { send: line, body, headers }: Step): Promise<RawAnswer> {
  const at = line.indexOf(" ");
  const post = body !== undefined && { "content-type": "application/json" };
  return client.ask(line.slice(0, at), line.slice(at + 1), {
    headers: { ...post, ...headers },
    ...(body !== undefined && { body }),
  });
}

function compare(step: Step, answer: RawAnswer): string[] {
  const problems: string[] = [];
  const check = (
    what: string,
    wanted: string | RegExp | number | undefined,
    got: string | number | undefined,
  ) => {
    const fits = wanted instanceof RegExp ? wanted.test(String(got)) : wanted === got;
    if (wanted !== undefined && !fits)
      problems.push(
        `${step.send.slice(0, 80)}: ${what} is ${String(got).slice(0, 300)} instead of ${wanted}`,
      );
  };
  check("status", step.status, answer.status);
  check("body", step.text, answer.text);
  for (const [name, wanted] of Object.entries(step.fields ?? {})) check(name, wanted, answer.headers[name]);
  return problems;
}
