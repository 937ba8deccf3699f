/** The HTTP package, installed. */
import { expect, it } from "vitest";
import type { Consumer } from "./consumer.js";

export function describeHttp1(installed: () => Consumer): void {
  it("serves", () => {
    installed().write(
      "serve.mjs",
      `import { fixedHead, HttpServer, responseOf } from "stowage-http1";
      const ok = fixedHead(200);
      const server = new HttpServer({
        handler: {
          request(head, content, connection) {
            connection.send(responseOf(ok + connection.connectionLine(head), head.method + " " + head.target));
            return true;
          },
        },
      });
      const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
      console.log(await (await fetch("http://127.0.0.1:" + port + "/x")).text());
      await server.close(0);`,
    );
    expect(installed().node("serve.mjs")).toBe("GET /x");
  });

  it("has types", () => {
    const source = `import { HttpServer, type HttpServerOptions } from "stowage-http1";
      const options: HttpServerOptions = { handler: { request: (head) => head.target === "/" } };
      export const server = new HttpServer(options);
      // @ts-expect-error there has to be a handler
      new HttpServer({});`;
    installed().write("typed.mts", source);
    const node = { lib: ["ES2022"], types: ["node"] };
    for (const module of ["node16", "nodenext"])
      expect(() => installed().tsc(["typed.mts"], { module, ...node })).not.toThrow();
    const bundler = { module: "esnext", moduleResolution: "bundler", ...node };
    expect(() => installed().tsc(["typed.mts"], bundler)).not.toThrow();
  });
}
