/** Where a server is: `http://host:4000`, `https://host`, `host:4000`, or a Unix socket, `unix:/run/stowage/http.sock`. */

export interface Address {
  /** As it is said to people. */
  readonly text: string;
  readonly isTls: boolean;
  /** Of the Host header, too. */
  readonly host: string;
  readonly port: number;
  /** Instead of host and port. */
  readonly socketPath?: string;
  /** What stands before the server's own paths, where a proxy puts it there: `/cache`, or nothing. */
  readonly base: string;
}

export const expectedAddress =
  'an address such as "http://127.0.0.1:4000", "https://cache.example.com", "127.0.0.1:4000", "unix:/run/stowage/http.sock"';

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/** Undefined: it is none. */
export function parseAddress(text: string): Address | undefined {
  const socketPath = /^unix:(?:\/\/)?(\/.+)$/.exec(text)?.[1];
  if (socketPath !== undefined)
    return { text: `unix:${socketPath}`, isTls: false, host: "localhost", port: 0, socketPath, base: "" };
  const url = urlOf(text.includes("://") ? text : `http://${text}`);
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.username !== "" || url.search !== "" || url.hash !== "") return undefined;
  const isTls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const base = url.pathname.replace(/\/+$/, "");
  const port = url.port === "" ? (isTls ? HTTPS_PORT : HTTP_PORT) : Number(url.port);
  return { text: `${url.protocol}//${url.host}${base}`, isTls, host, port, base };
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
