/**
 * The certificate and its key, read from their files and looked at, so that what is wrong is said with the file's name
 * before it is used: at the start, and on each reload.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TlsOptions } from "node:tls";
import type { Config } from "../config/settings.js";
import type { Log } from "../observe/types.js";
import { TlsError } from "./errors.js";

/** What workers are sent. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** @throws TlsError */
export function readCertificate(config: Config, wallMs: number, log: Log): Certificate | undefined {
  const certFile = config["tls-cert"];
  const keyFile = config["tls-key"];
  if (certFile === null || keyFile === null) return undefined;
  const cert = read(certFile, "certificate");
  const key = read(keyFile, "key");
  const parsed = parseCertificate(cert, certFile);
  if (!parsed.checkPrivateKey(parseKey(key, keyFile)))
    throw new TlsError(`the key in ${keyFile} does not belong to the certificate in ${certFile}`);
  warnOfDates(parsed, certFile, wallMs, log);
  return { cert, key };
}

/** `ticketKeys` are the same in all workers, so that a client can resume its session at any of them. */
export function tlsOptions({ cert, key }: Certificate, ticketKeys: Uint8Array): TlsOptions {
  return {
    cert,
    key,
    ticketKeys: Buffer.from(ticketKeys),
    minVersion: "TLSv1.2",
    ALPNProtocols: ["http/1.1"],
  };
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new TlsError(`the ${what} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function parseCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new TlsError(`${file} holds no certificate in PEM form ("-----BEGIN CERTIFICATE-----")`, {
      cause: error,
    });
  }
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new TlsError(
      `${file} holds no private key in PEM form ("-----BEGIN PRIVATE KEY-----"), or one with a passphrase`,
      { cause: error },
    );
  }
}

function warnOfDates({ validFrom, validTo }: X509Certificate, file: string, wallMs: number, log: Log): void {
  if (Date.parse(validTo) < wallMs) log.warn({ file, validTo }, "the certificate has expired");
  else if (Date.parse(validFrom) > wallMs) log.warn({ file, validFrom }, "the certificate is not valid yet");
}
