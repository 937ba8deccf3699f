/** The url of a server, taken apart. */
import { InvalidOptionError } from "../../../base/errors.js";

export interface Address {
  /** Where the connection goes. */
  readonly target: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly isSecure: boolean;
  /** Of the Host field: the name and, where it is not the scheme's own, the port. */
  readonly authority: string;
  /** What the server's name must be in its certificate; undefined: it is an address. */
  readonly serverName: string | undefined;
  /** Stands before each request's path; no slash at its end. */
  readonly basePath: string;
}

const EXPECTED = "http://host:4000, https://host, https://host/base or unix:/run/stowage.sock";
const ports: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/**
 * @param where for errors: the call that was given the url
 * @throws InvalidOptionError
 */
export function parseAddress(url: string, where = "new Client"): Address {
  const refuse = (expected = EXPECTED) =>
    new InvalidOptionError({ where, option: "url", received: url, expected });
  if (url.startsWith("unix:")) return unixAddress(url.slice("unix:".length), refuse);
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw refuse();
  }
  const { protocol, hostname, port, host, pathname } = parsed;
  if (ports[protocol] === undefined || hostname === "") throw refuse();
  if (parsed.username !== "" || parsed.password !== "")
    throw refuse("without a user's name and password; the option token is for that");
  if (parsed.search !== "" || parsed.hash !== "") throw refuse("without ? and #");
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    target: { host: bare, port: port === "" ? ports[protocol] : Number(port) },
    isSecure: protocol === "https:",
    authority: host,
    serverName: /^[\d.]+$/.test(bare) || bare.includes(":") ? undefined : bare,
    basePath: pathname.replace(/\/+$/, ""),
  };
}

/** `unix:/run/stowage.sock`, and `unix:///run/stowage.sock`. */
function unixAddress(rest: string, refuse: () => Error): Address {
  const path = rest.startsWith("//") ? rest.slice(2) : rest;
  if (!path.startsWith("/") || path.includes("\0")) throw refuse();
  return { target: { path }, isSecure: false, authority: "localhost", serverName: undefined, basePath: "" };
}
