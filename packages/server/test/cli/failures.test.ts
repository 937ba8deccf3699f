/** How commands fail: what is said, that it says what would be right, and the exit code. */
import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { hashOf } from "../../src/access/index.js";
import { commands } from "../../src/cli/commands/index.js";
import { exits } from "../../src/cli/exit-codes.js";
import { answering, brokenPipe, cli, type Ran, serve, temporaryFile } from "./support.js";

const tokens = {
  reader: "reader-0123456789abcdef0123456789abcdef",
  writer: "writer-0123456789abcdef0123456789abcdef",
};

/** Commands that talk to a server, with as little as they need. */
const remote = commands
  .filter((each) => each.remote)
  .map(({ name }) => [
    name,
    ...({ get: ["k"], set: ["k", "v"], del: ["k"], incr: ["k"], clear: ["--yes"] }[name] ?? []),
  ]);

function ended({ code, err, out }: Ran, name: keyof typeof exits, text: RegExp): void {
  expect([code, out, err]).toEqual([exits[name].code, "", expect.stringMatching(text)]);
  expect(err).toMatch(/^stowage: /m);
}

describe("a server that is not there", () => {
  it.each(remote)("ends with 3, and it is said how to start one: %s", async (...argv) => {
    const { url, close } = await answering(() => {});
    await close();
    const text = /no server answers at http:.*ECONNREFUSED.*"stowage serve".*--url or STOWAGE_URL/s;
    const input = '{"key":"a","value":1}';
    ended(await cli(argv, { env: { STOWAGE_URL: url }, input }), "unreachable", text);
  });

  it("as a Unix socket, a host, a name", async () => {
    const at = (url: string) => cli(["ping", "--url", url]);
    ended(await at("unix:/nowhere/http.sock"), "unreachable", /no such socket \(ENOENT\)/);
    ended(
      await at("http://nowhere.invalid"),
      "unreachable",
      /no server answers at http:\/\/nowhere\.invalid/,
    );
  });

  it("that says nothing ends when its time is over", async () => {
    const { url, close } = await answering(() => {});
    ended(await cli(["ping", "--timeout", "50ms", "--url", url]), "unreachable", /said nothing for 50 ms/);
    await close();
  });

  it("that breaks off, or does not speak HTTP", async () => {
    const answers: ((socket: Socket) => void)[] = [
      (socket) => socket.destroy(),
      (socket) => socket.end("SSH-2.0-OpenSSH\r\n"),
      (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"),
    ];
    for (const answer of answers) {
      const server = createServer((socket) => socket.once("data", () => answer(socket)));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      ended(await cli(["ping", "--url", `127.0.0.1:${port}`]), "unreachable", /no server answers/);
      ended(
        await cli(["bench", "--duration", "50ms", "--url", `127.0.0.1:${port}`]),
        "unreachable",
        /no server/,
      );
      server.close();
    }
  });
});

describe("a server that refuses", () => {
  const answers: [status: number, body: string, name: keyof typeof exits, text: RegExp][] = [
    [
      400,
      '{"error":"key must be a string","code":"invalid_key"}',
      "refused",
      /refuses: key must be a string/,
    ],
    [
      401,
      '{"error":"Unauthorized","message":"Invalid API key"}',
      "unauthorised",
      /Invalid API key.*STOWAGE_TOKEN/,
    ],
    [403, '{"error":"only readers"}', "unauthorised", /the token may not do that: only readers/],
    [404, '{"error":"not found"}', "refused", /not found/],
    [413, '{"error":"too long"}', "refused", /too long/],
    [429, '{"error":"slow down"}', "failed", /slow down/],
    [500, "", "failed", /500 Internal Server Error/],
    [502, "<html>Bad Gateway\nby some proxy</html>", "failed", /502 Bad Gateway <html>Bad Gateway$/m],
    [503, '{"error":"the server is stopping"}', "failed", /is stopping/],
    [507, '{"error":"no room"}', "failed", /no room/],
  ];

  it.each(answers)("with %i ends with the code of that, and its words", async (status, body, name, text) => {
    const { url, close } = await answering((_, response) => response.writeHead(status).end(body));
    const { 0: command } = status === 404 ? [["stats"]] : [["set", "k", "v"]];
    ended(await cli(command, { env: { STOWAGE_URL: url } }), name, text);
    await close();
  });

  it("with the wrong token, the right one without the right to do it, and none", async () => {
    const entries = [
      { name: "reader", sha256: hashOf(tokens.reader) },
      { name: "writer", sha256: hashOf(tokens.writer), scope: "write", prefixes: ["w:"] },
    ];
    await using served = await serve(entries);
    const as = (token: string, ...argv: string[]) => served.run(argv, { env: { STOWAGE_TOKEN: token } });
    ended(
      await served.run(["get", "k"]),
      "unauthorised",
      /Missing or invalid.*Put a token into STOWAGE_TOKEN/,
    );
    ended(await as("wrong-0123456789abcdef", "get", "k"), "unauthorised", /Invalid API key/);
    ended(await as(tokens.reader, "set", "k", "v"), "unauthorised", /may not do that/);
    ended(await as(tokens.writer, "set", "k", "v"), "unauthorised", /does not reach that key/);
    ended(await as(tokens.writer, "clear", "--yes"), "unauthorised", /may not do that/);
    expect((await as(tokens.writer, "set", "w:k", "v")).code).toBe(0);
    expect((await as(tokens.reader, "get", "w:k")).out).toBe("v");
    expect((await served.run(["ping"])).code).toBe(0);
    // Flags count before variables, and are warned about. The token itself is never shown.
    const flagged = await as("wrong-0123456789abcdef", "get", "w:k", "--token", tokens.reader);
    expect([flagged.code, flagged.out]).toEqual([0, "v"]);
    expect(flagged.err).toMatch(/--token is visible to everybody/);
    expect(flagged.err).not.toContain(tokens.reader);
    // A prefixed token dumps what it reaches, without knowing how much that is.
    expect((await as(tokens.writer, "dump")).out).toBe(
      '{"key":"w:k","text":"v","type":"text/plain; charset=utf-8"}\n',
    );
  });
});

describe("a command line that is wrong", () => {
  it.each([
    [["gt"], /no command "gt"; did you mean get\?/],
    [["frobnicate"], /no command "frobnicate"; see "stowage --help"/],
    [["--jsn"], /no option "--jsn"/],
    [["get"], /"stowage get" needs KEY: the key/],
    [["get", "a", "b"], /takes 1 at most; "b" is one too many/],
    [["ping", "x"], /takes no argument; "x" is one too many/],
    [["get", "a", "--jso"], /no option --jso; did you mean --json\?/],
    [["get", "a", "-j"], /no option -j/],
    [["get", "a", "--json=yes"], /--json takes no value/],
    [["set", "a", "1", "--ttl"], /--ttl needs a value: a duration such as/],
    [["set", "a", "1", "--ttl", "5"], /--ttl must be a duration .*, or none, not "5"/],
    [["scan", "--limit", "-1"], /--limit must be a whole number from 1 .*, not/],
    [["scan", "--limit=0"], /--limit must be/],
    [["bench", "--mix", "get:1,gat:2"], /--mix must be shares of get, miss, set, incr/],
    [["bench", "--mix", "get:0"], /--mix must be/],
    [["get", "a", "--url", "ftp://x"], /--url must be an address such as/],
    [["get", "a", "--url", "http://x/?y"], /--url must be an address/],
    [["token"], /--name is missing/],
    [["token", "--name", "a b"], /--name must be/],
    [["token", "--name", "a", "--scope", "all"], /--scope must be one of read, write, admin, not "all"/],
    [["config"], /"stowage config --print"/],
    [["config", "--print", "--prot", "1"], /no option --prot; did you mean --port\?/],
    [["serve", "--port", "x", "--workers", "0"], /--port must be .*\n.*--workers must be/],
    [["help", "gte"], /did you mean get\?/],
  ])("ends with 2, and says what would be right: %j", async (argv, text) => {
    ended(await cli(argv), "usage", text);
  });

  it("has an address in a variable that is none", async () => {
    ended(
      await cli(["ping"], { env: { STOWAGE_URL: "ftp://x" } }),
      "usage",
      /STOWAGE_URL must be an address/,
    );
  });

  it("never shows a token", async () => {
    const { err } = await cli(["get", "a", "--token", ""]);
    expect(err).toMatch(/--token must be a text that is not empty, not what was given/);
  });

  it("without any command prints what there is", async () => {
    expect(await cli([])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringMatching(/usage: stowage <command>/),
    });
  });
});

describe("output", () => {
  it("that nobody reads any more is no failure, whatever the command", async () => {
    await using served = await serve();
    served.server.table.set("k", "1");
    for (const argv of [
      ["get", "k"],
      ["stats"],
      ["scan"],
      ["dump"],
      ["ping"],
      ["--help"],
      ["token", "--name", "x"],
    ])
      expect([argv, (await served.run(argv, { onOut: brokenPipe })).code]).toEqual([argv, 0]);
  });
});

describe("an interrupt", () => {
  it("ends what is under way with 130, and says nothing more", async () => {
    const { url, close } = await answering(() => interrupt.abort(new Error("interrupted")));
    const interrupt = new AbortController();
    const ran = await cli(["get", "k", "--url", url], { signal: interrupt.signal });
    expect(ran).toMatchObject({ code: 130, out: "", err: "" });
    await close();
  });

  it("ends a benchmark", async () => {
    await using served = await serve();
    const interrupt = new AbortController();
    const ran = served.run(["bench", "--duration", "1h", "--keys", "10"], { signal: interrupt.signal });
    while (served.server.table.size() < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    interrupt.abort(new Error("interrupted"));
    expect((await ran).code).toBe(130);
  });
});

describe("local files", () => {
  it("that cannot be read or written end with 7", async () => {
    await using served = await serve();
    served.server.table.set("k", "1");
    ended(await served.run(["load", "/nowhere/x"]), "local", /ENOENT.*\/nowhere\/x/);
    ended(await served.run(["dump", "/nowhere/x"]), "local", /ENOENT.*\/nowhere\/x/);
    const file = temporaryFile("bad.jsonl", '{"key":"a","value":1}\n\n{"key":1,"value":1}\n');
    ended(
      await served.run(["load", file]),
      "local",
      /bad\.jsonl, line 3: "key" must be a string, not a number/,
    );
  });
});

it("a connection that the server closed while it was kept is no failure", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => {});
    // Answers one request, and resets at the next one, as a server does that had closed just before.
    socket.once("data", () => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 25\r\n\r\n` + '{"keys":["a"],"cursor":1}');
      socket.once("data", () => socket.resetAndDestroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const { code, out } = await cli(["scan", "--limit", "3"], { env: { STOWAGE_URL: `127.0.0.1:${port}` } });
  expect([code, out]).toEqual([0, "a\na\na\n"]);
  expect(connections).toBe(3);
  server.close();
});
