/**
 * Holds stowage-http1 against public suites, beside node:http. The suites stand in checkouts of their own and are never part of
 * this repository:
 *
 *     npx tsx scripts/conformance/http1.ts llhttp <checkout of nodejs/llhttp>
 *     npx tsx scripts/conformance/http1.ts serve <port> [node:http]     for suites that ask a running server (both named h1spec)
 *
 * docs/decisions/0014-http1-reader.md has the scores, and the reason of each deviation.
 */
import net from "node:net";
import { type Fixture, fixturesOf, type Served } from "./llhttp.js";
import { type Subject, subjects } from "./servers.js";

/** What a client that sends all bytes at once gets. */
interface Outcome {
  readonly served: readonly Served[];
  readonly text: string;
  /** By the server. */
  readonly closed: boolean;
}

/** How the client behaves when it has sent its bytes: it ends its side, or waits. */
type Way = "half-closes" | "waits";

const QUIET_MS = 150;

async function outcomeOf(start: () => Promise<Subject>, input: Buffer, way: Way): Promise<Outcome> {
  const subject = await start();
  try {
    return { ...(await talk(subject.port, input, way)), served: subject.served };
  } finally {
    subject.close();
  }
}

function talk(port: number, input: Buffer, way: Way): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    let text = "";
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const finish = (closed: boolean) => {
      clearTimeout(quiet);
      socket.destroy();
      resolve({ text, closed });
    };
    const quiet = setTimeout(() => finish(false), QUIET_MS);
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      quiet.refresh();
    });
    socket.on("end", () => finish(true));
    socket.on("error", () => finish(true));
    if (way === "half-closes") socket.end(input);
    else socket.write(input);
  });
}

/** Empty: as the fixture says. */
function deviationOf({ served, error, upgrade }: Fixture, got: Outcome, way: Way): string {
  const first = (all: readonly Served[]) => JSON.stringify(upgrade ? all.slice(0, 1) : all);
  if (first(got.served) !== first(served)) return `serves ${first(got.served)}, not ${first(served)}`;
  if (upgrade) return "";
  const isRefused = /HTTP\/1\.1 [45]\d\d /.test(got.text);
  // What follows a last request is refused as well by not being looked at (RFC 9112 9.6).
  const isLast =
    got.served.length > 0 && /^connection: close/im.test(got.text) && (way === "half-closes" || got.closed);
  if (error !== "" && !isRefused && !isLast) return `takes what should be refused (${error.trim()})`;
  return error === "" && isRefused ? `refuses: ${got.text.split("\r\n")[0]}` : "";
}

async function compareOver(fixtures: readonly Fixture[]): Promise<void> {
  for (const way of ["half-closes", "waits"] as const) {
    for (const [name, start] of Object.entries(subjects)) {
      const deviations: string[] = [];
      for (const fixture of fixtures) {
        const deviation = deviationOf(fixture, await outcomeOf(start, fixture.input, way), way);
        if (deviation !== "")
          deviations.push(`  ${fixture.place} ${fixture.name.replace(/^#+ /, "")}: ${deviation}`);
      }
      console.log(`${name}, the client ${way}: ${fixtures.length - deviations.length} of ${fixtures.length}`);
      for (const line of deviations) console.log(line);
    }
  }
}

const [command, where = "", which = "stowage-http1"] = process.argv.slice(2);
if (command === "llhttp" && where !== "") await compareOver(fixturesOf(where));
else if (command === "serve" && Number.isInteger(Number(where)) && which in subjects)
  await subjects[which](Number(where));
else {
  console.error("usage: http1.ts llhttp <checkout> | serve <port> [node:http]");
  process.exitCode = 1;
}
