/** Settings that are right alone and wrong together, and settings that would do nothing beside others. */
import { asksForTokens, exposureOf } from "./exposure.js";
import type { Config, SettingName } from "./settings.js";

type Origins = Readonly<Record<string, string>>;

/** What is wrong, a line each. Only settings that somebody said are blamed. */
export function faultsTogether(config: Config, origins: Origins): string[] {
  const faults: string[] = [];
  const said = (name: SettingName) => origins[name] !== "default" && config[name] !== null;
  const refuse = (when: boolean, fault: string) => {
    if (when) faults.push(fault);
  };
  const { tokens, auth } = config;
  const hasTokens = (tokens?.length ?? 0) > 0 || said("tokens-file");

  refuse(said("tls-cert") !== said("tls-key"), "tls-cert and tls-key go together; one of them is missing");
  // PORT is what hosting platforms set, whatever runs there.
  for (const name of ["port", "host"] as const)
    refuse(
      said("socket") && said(name) && origins[name] !== "PORT",
      `${origins.socket} and ${origins[name]} cannot both be: it listens on one of them`,
    );
  refuse(said("socket-mode") && !said("socket"), `${origins["socket-mode"]} does nothing without socket`);
  refuse(
    said("max-value") && config["max-value"]! > config.memory! / 4,
    `${origins["max-value"]} must be at most a quarter of the memory`,
  );
  refuse(
    auth === true && !hasTokens,
    `${origins.auth} asks for tokens, but there are none: set tokens or tokens-file`,
  );
  refuse(
    said("rate-limit") && !asksForTokens(config),
    `${origins["rate-limit"]} limits tokens, but none are asked for: set tokens or tokens-file`,
  );
  const exposure = config["require-auth"] === true ? exposureOf(config) : undefined;
  refuse(exposure !== undefined, `${origins["require-auth"]} refuses this: ${exposure}`);
  refuse(
    said("snapshot-every") && !said("data-dir"),
    `${origins["snapshot-every"]} does nothing without data-dir`,
  );
  for (const name of ["l2-cluster", "l2-name", "l2-timeout", "l2-bound", "l1-ttl", "when-l2-down"] as const)
    refuse(said(name) && !said("l2"), `${origins[name]} does nothing without l2`);
  refuse(
    said("l2") && said("data-dir"),
    `${origins.l2} and ${origins["data-dir"]} cannot both be: what l2 holds would be older in a snapshot`,
  );
  const isCluster = config.l2 !== null && (config["l2-cluster"] ?? config.l2.length > 1);
  refuse(
    said("l2-cluster") && config["l2-cluster"] === false && (config.l2?.length ?? 0) > 1,
    `${origins["l2-cluster"]} contradicts ${origins.l2}, which has several URLs: those of a cluster`,
  );
  refuse(
    isCluster && config.l2!.some((url) => !/^\/?0?$/.test(new URL(url).pathname)),
    `${origins.l2} names a database, and a cluster has but one: leave out what stands behind the port`,
  );
  refuse(
    config["access-log"] === true && !["info", "debug"].includes(config["log-level"]!),
    `${origins["access-log"]} logs at level info, which ${origins["log-level"]} leaves out`,
  );
  return faults;
}
