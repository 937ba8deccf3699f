/** The two servers that are held against each other: stowage-http1, and node:http as it comes. Both say back what they were sent. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { fixedHead, HttpServer, headOf, responseOf } from "stowage-http1";
import type { Served } from "./llhttp.js";

export interface Subject {
  readonly port: number;
  /** The requests that were served, in order. */
  readonly served: Served[];
  close(): void;
}

export const subjects: Readonly<Record<string, (port?: number) => Promise<Subject>>> = {
  "stowage-http1": startOurs,
  "node:http": startNode,
};

async function startOurs(port = 0): Promise<Subject> {
  const served: Served[] = [];
  const staying = fixedHead(200);
  const closing = fixedHead(200, { connection: "close" });
  const server = new HttpServer({
    handler: {
      request(head, content, connection) {
        const body = content.toString("latin1");
        served.push({ method: head.method, url: head.target, body });
        const fields = connection.closesAfter(head) ? closing : staying;
        connection.send(head.method === "HEAD" ? headOf(fields, body.length) : responseOf(fields, body));
        return true;
      },
    },
  });
  const address = (await server.listen({ port, host: "127.0.0.1" })) as AddressInfo;
  return { port: address.port, served, close: () => void server.close(0) };
}

async function startNode(port = 0): Promise<Subject> {
  const served: Served[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      served.push({
        method: String(request.method),
        url: String(request.url),
        body: body.toString("latin1"),
      });
      response.end(body);
    });
  });
  server.on("connect", ({ method, url }, socket) => {
    served.push({ method: String(method), url: String(url), body: "" });
    socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
  });
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    served,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
