/**
 * Reads llhttp's request fixtures: Markdown pages with the bytes of requests, and a log of what its parser says of them. Only
 * those of its strict mode (`type` is `request`) count; what the log says is reduced to what a client can see: which
 * requests are served, and whether the connection is refused after them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";

export interface Served {
  method: string;
  url: string;
  body: string;
}

export interface Fixture {
  /** File and line. */
  readonly place: string;
  readonly name: string;
  readonly input: Buffer;
  readonly served: readonly Served[];
  /** What the parser says, or empty. */
  readonly error: string;
  /** CONNECT or Upgrade: what follows the first request is not HTTP. */
  readonly upgrade: boolean;
}

const part =
  /^(?<heading>#+ .*)$|<!-- meta=(?<meta>\{.*\}) -->|```http\n(?<http>[\s\S]*?)```|```log\n(?<log>[\s\S]*?)```/gm;

/** That the parser stops and waits, because it was told to or for a tunnel. */
const pauses = /error code=2[12] /;

/** `checkout` is a clone of nodejs/llhttp. */
export function fixturesOf(checkout: string): Fixture[] {
  const folder = join(checkout, "test/request");
  const files = readdirSync(folder).filter((file) => file.endsWith(".md"));
  return files.sort().flatMap((file) => fixturesIn(file, readFileSync(join(folder, file), "utf8")));
}

function fixturesIn(file: string, text: string): Fixture[] {
  const fixtures: Fixture[] = [];
  const latest: Record<string, string> = {};
  for (const match of text.matchAll(part)) {
    for (const [name, value] of Object.entries(match.groups ?? {}))
      if (value !== undefined) latest[name] = value;
    if (match.groups?.log === undefined) continue;
    const meta = JSON.parse(latest.meta) as { type: string; skipBody?: boolean };
    // `skipBody` is a way to call the parser, nothing that is sent.
    if (meta.type !== "request" || meta.skipBody) continue;
    const expectation = expectationOf(latest.log);
    // llhttp takes other protocols, whose requests are the same; servers of HTTP have to refuse them.
    if (/^\S+ \S+ (RTSP|ICE)\//m.test(latest.http) && expectation.error === "") continue;
    const line = text.slice(0, match.index).split("\n").length;
    const input = withHosts(Buffer.from(bytesOf(latest.http), "utf8"));
    fixtures.push({ place: `${file}:${line}`, name: latest.heading, input, ...expectation });
  }
  return fixtures;
}

/** As llhttp's own runner reads them. */
function bytesOf(http: string): string {
  return http
    .replace(/\n$/, "")
    .replace(/\\(\r\n|\r|\n)/g, "")
    .replace(/\r\n|\r|\n/g, "\r\n")
    .replace(/\\([rntf])/g, (_, letter: string) => JSON.parse(`"\\${letter}"`) as string)
    .replace(/\\x([0-9a-fA-F]+)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\$\{(.+?)\}/g, (_, code: string) => String(runInNewContext(code)));
}

/** A parser does not miss a Host field; a server has to (RFC 9112 3.2). So those that have none are given one. */
function withHosts(bytes: Buffer): Buffer {
  const requestLine = /(^|\r\n\r\n)((?:\r?\n)*[A-Z-]+ \S+ HTTP\/1\.1\r\n)(?![\s\S]*?^host *:)/gim;
  return Buffer.from(bytes.toString("latin1").replace(requestLine, "$1$2Host: x\r\n"), "latin1");
}

function expectationOf(log: string): Pick<Fixture, "served" | "error" | "upgrade"> {
  const served: Served[] = [];
  let current: Served = { method: "", url: "", body: "" };
  let error = "";
  for (const line of log.split("\n")) {
    const [, name, value] = /span\[(method|url|body)\]="(.*)"$/.exec(line) ?? [];
    if (name !== undefined) current[name as keyof Served] += value;
    else if (line.includes("message begin")) current = { method: "", url: "", body: "" };
    else if (line.includes("message complete")) served.push(current);
    else if (line.includes("error code=") && !pauses.test(line)) error = line;
  }
  return { served, error, upgrade: log.includes("Pause on CONNECT/Upgrade") };
}
