/** The server, installed: as a program and as a library. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Consumer, manifestOf, root } from "./consumer.js";

export function describeServer(installed: () => Consumer): void {
  const { bin } = manifestOf(join(root, "packages/server")) as unknown as { bin: Record<string, string> };

  it.each(Object.entries(bin))("has a program %s that helps", (_name, path) => {
    const program = join("node_modules/stowage-server", path);
    expect(installed().node(program, "--help")).toMatch(/usage/i);
  });

  it("serves from within another program", () => {
    installed().write(
      "serve.mjs",
      `import { startServer } from "stowage-server";
      const server = await startServer({ port: 0, workers: 1, "log-level": "error" });
      const url = server.url + "/v1/keys/a";
      await fetch(url, { method: "PUT", body: '{"b":1}', headers: { "content-type": "application/json" } });
      console.log(await (await fetch(url)).text());
      await server.close();`,
    );
    expect(installed().node("serve.mjs")).toBe('{"b":1}');
  });

  it("has types", () => {
    installed().write(
      "typed.mts",
      `import { type Server, startServer } from "stowage-server";
      export const started: Promise<Server> = startServer({ port: 0 });`,
    );
    const node = { lib: ["ES2022"], types: ["node"] };
    expect(() => installed().tsc(["typed.mts"], { module: "nodenext", ...node })).not.toThrow();
  });
}
