/** TLS: the server's certificate is looked at, and its name. The fixture is one for localhost and 127.0.0.1. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type SocketTls, socketTransport } from "../../../../src/client/transport/sockets.js";
import type { TransportError } from "../../../../src/client/transport/transport.js";
import { ok, soon } from "../support/scripted-server.js";
import { faultOf, get, onStage, type Scene, send } from "../support/stage.js";

let folder = fileURLToPath(new URL("../../../../../http1/test/fixtures/tls/", import.meta.url));

/** Where the certificate is, for bundles that stand elsewhere. */
export function setFixtures(path: string): void {
  folder = path;
}

async function toSecureServer(
  host: string,
  tls: (ca: string) => SocketTls,
): Promise<string | TransportError> {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(`${folder}/${name}`, "utf8"));
  let result: string | TransportError = "";
  await onStage(
    { name: "tls", create: socketTransport(tls(cert)), isStrict: true },
    () => ok("secure"),
    async ({ server, another }) => {
      const transport = another({ url: `https://${host}:${server.port}` });
      result = await send(transport).then(
        ({ text }) => text,
        () => faultOf(transport.send(get)),
      );
      if (result === "secure") {
        assert.equal((await send(transport)).text, "secure");
        assert.equal(server.sockets.length, 1);
        const stream = await soon(transport.open(get));
        for await (const piece of stream.pieces) assert.equal(piece, "secure");
      }
    },
    {},
    { secure: { key, cert } },
  );
  return result;
}

export const tls: Record<string, Scene> = {
  async "a server with a certificate that is trusted is reached, by name and by address"(subject) {
    if (!subject.isStrict) return;
    assert.equal(await toSecureServer("localhost", (ca) => ({ ca })), "secure");
    assert.equal(await toSecureServer("127.0.0.1", (ca) => ({ ca })), "secure");
  },

  async "a certificate that nobody vouches for is refused"(subject) {
    if (!subject.isStrict) return;
    const fault = (await toSecureServer("localhost", () => ({}))) as TransportError;
    assert.equal(fault.unsent, true);
    assert.match(fault.message, /self[- ]signed/);
  },

  async "a certificate of another name is refused"(subject) {
    if (!subject.isStrict) return;
    const fault = (await toSecureServer("localhost", (ca) => ({
      ca,
      servername: "other.example",
    }))) as TransportError;
    assert.equal(fault.unsent, true);
    assert.match(fault.message, /other\.example/);
  },
};
