/**
 * The server over node:http that Stowage's is compared with: the routes that the benchmark asks for, over a SharedTable, as
 * plainly as one would write it. `main.mjs PORT`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { SharedTable } from "stowage/table";

const table = SharedTable.create({ memory: "2gb" });

interface Operation {
  key: string;
  value?: unknown;
}

const getPath = "/cache/get?key=";

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

const posts: Record<string, (body: never) => string> = {
  "/cache/set"({ key, value }: Operation) {
    table.set(key, JSON.stringify(value));
    return '{"success":true}';
  },
  "/cache/incr"({ key }: Operation) {
    return `{"value":${table.incr(key)}}`;
  },
  "/cache/batch"({ operations }: { operations: Operation[] }) {
    const results = operations.map(({ key }) => {
      const value = table.getString(key);
      const name = JSON.stringify(key);
      return `{"op":"get","key":${name},"value":${value ?? null},"found":${value !== undefined}}`;
    });
    return `{"results":[${results.join(",")}]}`;
  },
};

function answerGet(url: string, response: ServerResponse): void {
  const value = table.getString(decodeURIComponent(url.slice(getPath.length)));
  if (value === undefined) send(response, 404, '{"error":"not found"}');
  else send(response, 200, `{"value":${value}}`);
}

function answerPost(url: string, request: IncomingMessage, response: ServerResponse): void {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => send(response, 200, posts[url](JSON.parse(body) as never)));
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "";
  if (url.startsWith(getPath)) answerGet(url, response);
  else if (Object.hasOwn(posts, url)) answerPost(url, request, response);
  else send(response, 404, '{"error":"not found"}');
}

createServer(answer).listen(Number(process.argv[2]), "127.0.0.1");
