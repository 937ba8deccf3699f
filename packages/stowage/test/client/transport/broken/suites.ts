/** What is run over each broken build: the reader's cases, and scenes of a transport by name. */
import { socketTransport } from "../../../../src/client/transport/sockets.js";
import { doubtfulAnswers, rightAnswers } from "../scenes/answers.js";
import { scenes } from "../scenes/index.js";
import { setFixtures } from "../scenes/tls.js";
import { cut, read, readInTurn } from "../support/read-bytes.js";
import { ok, setPatience } from "../support/scripted-server.js";

export type Suite = "cases" | keyof typeof scenes;

/** What the suite says is wrong; nothing, if nothing is. */
export async function run(suite: Suite, patienceMs: number, fixtures: string): Promise<string | undefined> {
  if (suite === "cases") return caseFailure();
  setPatience(patienceMs);
  setFixtures(fixtures);
  const subject = { name: "socketTransport", create: socketTransport(), isStrict: true };
  return scenes[suite](subject).then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

function caseFailure(): string | undefined {
  return rightFailure() ?? doubtfulFailure() ?? turnsFailure();
}

function rightFailure(): string | undefined {
  for (const [kind, { bytes, status = 200, text }] of Object.entries(rightAnswers)) {
    const whole = Buffer.from(bytes, "latin1");
    for (let at = 0; at <= whole.length; at++) {
      for (const streams of [false, true]) {
        const found = read(cut(whole, [at, (at * 7) % (whole.length + 1)]), { streams });
        if (found.status !== status || found.text !== text || !found.isExact)
          return `${kind}, cut at ${at}: ${JSON.stringify(found)}`;
      }
      const { kind: begun } = read([whole.subarray(0, at)], { ends: true });
      if (at < whole.length && begun !== "refused") return `${kind}, ended at ${at}, is taken`;
    }
  }
  return undefined;
}

function doubtfulFailure(): string | undefined {
  for (const [kind, text] of Object.entries(doubtfulAnswers)) {
    const bytes = Buffer.from(text, "latin1");
    for (const pieces of [[bytes], cut(bytes, [bytes.length - 1])]) {
      for (const streams of [false, true])
        if (read(pieces, { streams }).kind !== "refused") return `${kind} is taken, or waited for`;
    }
  }
  return undefined;
}

/** Nothing of an answer is left when the next one comes. */
function turnsFailure(): string | undefined {
  const long = "x".repeat(3_000);
  const chunked = (body: string) =>
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`;
  const answers = [
    ok("one"),
    `${chunked("two")}0\r\n\r\n`,
    ok("three"),
    "HTTP/1.1 204 No Content\r\n\r\n",
    `${chunked(long)}${"bb8"}\r\n${long}\r\n0\r\n\r\n`,
  ];
  const texts = readInTurn(answers.map((answer) => Buffer.from(answer, "latin1")));
  const wanted = ["one", "two", "three", "", long + long];
  return texts.join("|") === wanted.join("|") ? undefined : `in turn: ${texts.join("|").slice(0, 100)}`;
}
