/** Whether other machines can reach the server without a token, from its settings alone: before any port is opened. */
import { BlockList, isIP } from "node:net";
import type { Config } from "./settings.js";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Names other than localhost may mean any address, and are taken for one that others reach. */
export function isLoopback(host: string): boolean {
  const kind = isIP(host);
  if (kind === 0) return /^localhost\.?$/i.test(host);
  // Addresses such as ::ffff:127.0.0.1 are looked up among those of IPv4.
  return loopback.check(host, kind === 4 ? "ipv4" : "ipv6");
}

/** Tokens are asked for if that was said, or if there are any and nothing was said. */
export function asksForTokens(config: Config): boolean {
  return config.auth ?? ((config.tokens?.length ?? 0) > 0 || config["tokens-file"] !== null);
}

/** A sentence for the log, or undefined where only this machine, or holders of tokens, get in. */
export function exposureOf(config: Config): string | undefined {
  if (config.socket !== null || isLoopback(config.host!) || asksForTokens(config)) return undefined;
  return `anybody who reaches ${config.host} can read and change everything: set tokens or tokens-file, or listen on 127.0.0.1`;
}
