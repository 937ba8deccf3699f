/** TLS: on all workers, with a certificate that is replaced while connections are open. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.js";
import { readCertificate } from "../../src/process/certificate.js";
import { Client, until } from "./support/clients.js";
import { start, type TestServer } from "./support/servers.js";

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "stowage-tls-"));
const cert = join(folder, "server.crt");
const key = join(folder, "server.key");
const args = ["--tls-cert", cert, "--tls-key", key];
const trusted = ["first", "second"].map((name) => readFileSync(fixture(`${name}.crt`)));

afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => install("first"));

function install(name: string): void {
  copyFileSync(fixture(`${name}.crt`), cert);
  copyFileSync(fixture(`${name}.key`), key);
}

const connect = ({ port }: TestServer) => Client.connectTls({ port, ca: trusted, servername: "localhost" });
const nameOf = ({ socket }: Client) => String((socket as TLSSocket).getPeerCertificate().subject.CN);

describe("a server with a certificate", () => {
  it("serves over TLS 1.2 and 1.3, on all workers", async () => {
    await using test = await start(args);
    expect(test.url).toBe(`https://127.0.0.1:${test.port}`);
    const workers = new Set<number>();
    await until(async () => workers.add(await (await connect(test)).worker()).size === 2);
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const options = {
        port: test.port,
        ca: trusted,
        servername: "localhost",
        ALPNProtocols: ["h2", "http/1.1"],
      };
      const client = await Client.connectTls({ ...options, minVersion: version, maxVersion: version });
      const socket = client.socket as TLSSocket;
      expect([socket.getProtocol(), socket.alpnProtocol]).toEqual([version, "http/1.1"]);
      expect((await client.get("/health"))?.status).toBe(200);
    }
  });

  it("lets a client resume its session at any worker", async () => {
    await using test = await start(args);
    const options = { port: test.port, ca: trusted, servername: "localhost", maxVersion: "TLSv1.2" as const };
    const first = await Client.connectTls(options);
    const { session, worker } = {
      session: (first.socket as TLSSocket).getSession(),
      worker: await first.worker(),
    };
    await until(async () => {
      const again = await Client.connectTls({ ...options, session });
      expect((again.socket as TLSSocket).isSessionReused()).toBe(true);
      return (await again.worker()) !== worker;
    });
  });

  it("takes a new one on reload, also in workers that start later; open connections go on", async () => {
    await using test = await start(args);
    const before = await connect(test);
    expect(nameOf(before)).toBe("first.test");
    install("second");
    expect(nameOf(await connect(test))).toBe("first.test");
    test.server.reload();
    await until(async () => nameOf(await connect(test)) === "second.test");
    expect((await before.get("/health"))?.status).toBe(200);
    await test.server.replaceWorker(0);
    await until(() => test.server.stats().workersUp === 2);
    const names = new Set<string>();
    const workers = new Set<number>();
    await until(async () => {
      const client = await connect(test);
      names.add(nameOf(client));
      return workers.add(await client.worker()).size === 2;
    });
    expect([...names]).toEqual(["second.test"]);
  });

  it("keeps the old one when the new one is wrong", async () => {
    await using test = await start(args);
    copyFileSync(fixture("second.crt"), cert);
    expect(() => test.server.reload()).toThrow(
      `the key in ${key} does not belong to the certificate in ${cert}`,
    );
    expect(nameOf(await connect(test))).toBe("first.test");
    rmSync(cert);
    expect(() => test.server.reload()).toThrow("the certificate cannot be read: ENOENT");
    expect(nameOf(await connect(test))).toBe("first.test");
  });

  it("survives clients that speak no TLS, or break off their handshakes", async () => {
    await using test = await start(args);
    for (const text of ["GET / HTTP/1.1\r\nhost: a\r\n\r\n", "\x16\x03\x01\x02"]) {
      const client = await Client.connect(test.port);
      client.send(text);
      if (text.startsWith("GET")) await client.ended;
      else client.socket.resetAndDestroy();
    }
    expect((await (await connect(test)).get("/health"))?.status).toBe(200);
    await until(() => test.server.stats().workersUp === 2);
  });
});

describe("a certificate that cannot be used", () => {
  const failure = () => start(args).then(() => "started", String);

  it("is said with its file, before anything is opened", async () => {
    writeFileSync(cert, "not a certificate");
    expect(await failure()).toBe(
      `TlsError: ${cert} holds no certificate in PEM form ("-----BEGIN CERTIFICATE-----")`,
    );
    install("first");
    writeFileSync(key, readFileSync(cert));
    expect(await failure()).toMatch(`TlsError: ${key} holds no private key in PEM form`);
    rmSync(key);
    expect(await failure()).toMatch("TlsError: the key cannot be read: ENOENT");
  });

  it("because of its dates is warned of", () => {
    const { config } = loadConfig({ args, env: {} });
    const warned = (wallMs: number) => {
      const lines: string[] = [];
      readCertificate(
        config,
        wallMs,
        pino({}, { write: (line: string) => void lines.push(JSON.parse(line).msg) }),
      );
      return lines;
    };
    expect(warned(Date.now())).toEqual([]);
    expect(warned(Date.parse("2200-01-01"))).toEqual(["the certificate has expired"]);
    expect(warned(0)).toEqual(["the certificate is not valid yet"]);
  });
});
