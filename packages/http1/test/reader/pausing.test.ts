/** Receivers that pause, take content as it comes, answer before it comes, or throw. */
import { describe, expect, it } from "vitest";
import { HttpRequestError, type Receiver, RequestReader } from "../../src/index.js";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const post = "POST /p HTTP/1.1\r\nHost: a\r\n";

function readerOf(receiver: Partial<Receiver>, told: string[] = []) {
  const reader = new RequestReader({
    content: () => 10,
    request: (head, content) => told.push(`${head.target} ${content}`) > 0,
    dropped: () => told.push("dropped") > 0,
    refuse: (error) => void told.push(error.code),
    broken: () => void told.push("broken"),
    ...receiver,
  });
  return { told, reader, send: (text: string) => reader.push(Buffer.from(text, "latin1"), 0, text.length) };
}

describe("pausing", () => {
  it("keeps what follows, and the head, until it is resumed", () => {
    const told: string[] = [];
    const { reader } = readerOf({
      request(head) {
        told.push(head.target);
        kept = head;
        return false;
      },
    });
    let kept: { target: string; header(name: string): string | undefined } | undefined;
    const bytes = Buffer.from(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: b\r\n\r\nGET /3 HT",
    );
    reader.push(bytes, 0, bytes.length);
    bytes.fill(0);
    expect(told).toEqual(["/1"]);
    expect(kept?.header("host")).toBe("a");
    const more = Buffer.from("TP/1.1\r\nHost: c\r\n\r\n");
    reader.push(more, 0, more.length);
    more.fill(0);
    reader.resume();
    expect(told).toEqual(["/1", "/2"]);
    expect(kept?.header("host")).toBe("b");
    reader.resume();
    reader.resume();
    expect(told).toEqual(["/1", "/2", "/3"]);
    expect(reader.paused).toBe(false);
  });

  it("may be resumed before the receiver returns", () => {
    const told: string[] = [];
    const { reader } = readerOf({
      request(head) {
        told.push(head.target);
        reader.resume();
        return false;
      },
    });
    const bytes = Buffer.from(
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\nHost: b\r\n\r\n",
    );
    for (const byte of bytes) reader.push(Buffer.of(byte), 0, 1);
    expect(told).toEqual(["/1", "/2"]);
  });
});

describe("content into a sink", () => {
  it("comes as it arrives, and is aborted when the connection ends", () => {
    const sink = {
      data: (piece: Buffer) => void told.push(piece.toString()),
      abort: (error: Error) => void told.push(error.message),
    };
    const { told, reader, send } = readerOf({ content: () => sink });
    send(`${post}Content-Length: 6\r\n\r\nab`);
    send("cd");
    send("ef");
    send(`${post}Transfer-Encoding: chunked\r\n\r\n1\r\ng\r\n`);
    expect(reader.amid).toBe(true);
    reader.end(new Error("gone"));
    send(get);
    expect(told).toEqual(["ab", "cd", "ef", "/p ", "g", "gone"]);
  });

  it("is aborted when what comes is refused", () => {
    const sink = { data: () => undefined, abort: (error: Error) => void told.push(error.message) };
    const { told, send } = readerOf({ content: () => sink });
    send(`${post}Transfer-Encoding: chunked\r\n\r\n1\r\nxx`);
    expect(told).toEqual([new HttpRequestError("CHUNK_END").message, "CHUNK_END"]);
  });
});

describe("a request that is answered before its content comes", () => {
  const request = `${post}Content-Length: 3\r\n\r\nabc`;

  it("is passed over, however it is cut, and may pause the reader", () => {
    const { told, reader, send } = readerOf({
      content: () => "drop",
      dropped: () => told.push("dropped") === 0,
    });
    for (const byte of request + get) send(byte);
    expect(told).toEqual(["dropped"]);
    expect([reader.paused, reader.dropping, reader.held]).toEqual([true, false, get.length]);
    reader.resume();
    expect(told).toEqual(["dropped", "/ "]);
  });

  it("is passed over whole, and the next one is read", () => {
    const { told, send } = readerOf({ content: (head) => (head.contentLength === 3 ? "drop" : 10) });
    const longer = `${request.replaceAll("3", "4")}d`;
    send([request, longer, request, get].join(""));
    expect(told).toEqual(["dropped", "/p abcd", "dropped", "/ "]);
  });

  it("may be the last", () => {
    const { told, reader, send } = readerOf({ content: () => "stop" });
    send(request + get);
    send(get);
    expect([told, reader.amid, reader.held]).toEqual([[], false, 0]);
  });
});

describe("a receiver that throws", () => {
  it("refuses, if it throws a refusal", () => {
    const refuse = (): never => {
      throw new HttpRequestError("EXPECTATION");
    };
    for (const broken of [{ content: refuse }, { request: refuse }]) {
      const { told, send } = readerOf(broken);
      send(`${post}Content-Length: 3\r\n\r\nabc`);
      send(get);
      expect(told).toEqual(["EXPECTATION"]);
    }
  });

  it("reads nothing more, and is thrown on, if it throws anything else", () => {
    const { told, send } = readerOf({
      request: () => {
        throw new Error("a mistake");
      },
    });
    expect(() => send(get + get)).toThrow("a mistake");
    send(get);
    expect(told).toEqual(["broken"]);
  });
});

describe("a head", () => {
  const headsOf = (...requests: string[]) => {
    const seen: unknown[][] = [];
    const { send } = readerOf({
      request: (head) => seen.push([head.path, head.sameFields, head.header("x"), head.header("none")]) > 0,
    });
    send(requests.join(""));
    return seen;
  };

  it("says whether its fields are those of the one before", () => {
    const x = "GET /1 HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n";
    expect(
      headsOf(x, x.replace("/1 ", "/22 "), x.replace("X: 1", "X: 2"), x.replace("X: 1", "X: 2"), get),
    ).toEqual([
      ["/1", false, "1", undefined],
      ["/22", true, "1", undefined],
      ["/1", false, "2", undefined],
      ["/1", true, "2", undefined],
      ["/", false, undefined, undefined],
    ]);
  });

  it("goes on saying so after many that differ", () => {
    const differing = Array.from({ length: 40 }, (_, id) => `GET / HTTP/1.1\r\nHost: a\r\nX: ${id}\r\n\r\n`);
    const seen = headsOf(...differing, ...Array<string>(40).fill(get));
    expect(seen.slice(0, 40).map(([, same, x]) => [same, x])).toEqual(
      differing.map((_, id) => [false, String(id)]),
    );
    expect(seen.at(-1)).toEqual(["/", true, undefined, undefined]);
  });

  it("joins fields of one name, and has the path of an absolute target", () => {
    const of = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\nX: 1\r\nx:2\r\n\r\n`;
    const targets = ["http://a/b?c", "HTTPS://a:1?c=/", "http://a", "/x://y/z"];
    expect(headsOf(...targets.map(of)).map(([path, , x]) => [path, x])).toEqual(
      ["/b?c", "/?c=/", "/", "/x://y/z"].map((path) => [path, "1, 2"]),
    );
    expect(headsOf("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")[0][0]).toBe("*");
  });
});
