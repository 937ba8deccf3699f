/**
 * Attributes under the names that OpenTelemetry's semantic conventions give them.
 * https://opentelemetry.io/docs/specs/semconv/database/database-spans/
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
import type { Attributes } from "./api.js";

/** Names that the conventions have for what our stores talk to. Others stand for themselves. */
const systems: Readonly<Record<string, string>> = { postgres: "postgresql" };

export function databaseOf(store: string, verb: string): Attributes {
  return { "db.system.name": systems[store] ?? store, "db.operation.name": verb };
}

/** `http://host:4000` or `unix:/run/stowage.sock`. */
export function serverOf(node: string): Attributes {
  if (node.startsWith("unix:")) return { "server.address": node.slice("unix:".length) };
  try {
    const { hostname, port, protocol } = new URL(node);
    const standard = protocol === "https:" ? 443 : 80;
    return { "server.address": hostname, "server.port": port === "" ? standard : Number(port) };
  } catch {
    return { "server.address": node };
  }
}
