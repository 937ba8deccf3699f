/** The url of a server, taken apart. */
import { InvalidOptionError } from "../../../base/errors.js";
import { normalUrl } from "../../routing/addresses.js";

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

/** @throws InvalidOptionError */
export function parseAddress(url: string): Address {
  const normal = normalUrl(url);
  if (normal === undefined || normal.includes("\0"))
    throw new InvalidOptionError({
      where: "socketTransport",
      option: "url",
      received: url,
      expected: EXPECTED,
    });
  if (normal.startsWith("unix:")) {
    const target = { path: normal.slice("unix:".length) };
    return { target, isSecure: false, authority: "localhost", serverName: undefined, basePath: "" };
  }
  const { protocol, hostname, port, host, pathname } = new URL(normal);
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  const isSecure = protocol === "https:";
  return {
    target: { host: bare, port: port === "" ? (isSecure ? 443 : 80) : Number(port) },
    isSecure,
    authority: host,
    serverName: /^[\d.]+$/.test(bare) || bare.includes(":") ? undefined : bare,
    basePath: pathname.replace(/\/+$/, ""),
  };
}
