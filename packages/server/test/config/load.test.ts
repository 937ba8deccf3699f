/** Settings: where they come from, which one counts, and what is said when one is wrong. */
import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig, type Sources } from "../../src/config/load.js";
import { settingNames, settings, variableOf } from "../../src/config/settings.js";

const load = (sources: Partial<Sources> = {}) => loadConfig({ args: [], env: {}, ...sources });

function faultsOf(sources: Partial<Sources>): readonly string[] {
  try {
    load(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe("settings", () => {
  it("have fallbacks", () => {
    const { config, origins } = load();
    expect(config).toMatchObject({
      port: 4000,
      host: "127.0.0.1",
      memory: 2 ** 28,
      max: null,
      "max-body": 8_000_000,
      "cors-origins": ["*"],
    });
    expect(new Set(Object.values(origins))).toEqual(new Set(["default"]));
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("come from flags, then STOWAGE_ variables, then other names, then the file", () => {
    const file = { path: "stowage.json", content: { port: 1, workers: 3, memory: "2mb", "log-level": null } };
    const all = {
      args: ["--port", "4"],
      env: { STOWAGE_PORT: "3", PORT: "2", STOWAGE_WORKERS: "5", LOG_LEVEL: "debug", STOWAGE_MAX: "" },
      file,
    };
    const { config, origins } = load(all);
    expect(config).toMatchObject({
      port: 4,
      workers: 5,
      memory: 2 * 2 ** 20,
      max: null,
      "log-level": "debug",
    });
    expect(origins).toMatchObject({
      port: "--port",
      workers: "STOWAGE_WORKERS",
      memory: '"memory" in stowage.json',
      "log-level": "LOG_LEVEL",
    });
    expect(load({ ...all, args: [] }).config.port).toBe(3);
    expect(load({ env: { PORT: "2" }, file }).config.port).toBe(2);
    expect(load({ file }).config.port).toBe(1);
  });

  it("heed the names that Lix Cache's users set", () => {
    const env = {
      LIX_CACHE_LIMIT: "500",
      LIX_AUTH_ENABLED: "true",
      LIX_API_KEYS: "a, b",
      LIX_CORS_ORIGINS: "https://a.example,https://b.example",
    };
    expect(load({ env }).config).toMatchObject({
      max: 500,
      auth: true,
      tokens: ["a", "b"],
      "cors-origins": ["https://a.example", "https://b.example"],
    });
  });

  it("are not what Kubernetes tells of a service called stowage, nor do they clash with a platform's PORT", () => {
    const env = {
      STOWAGE_SERVICE_HOST: "10.0.0.1",
      STOWAGE_SERVICE_PORT: "4000",
      STOWAGE_SERVICE_PORT_HTTP: "4000",
      STOWAGE_PORT: "tcp://10.0.0.1:4000",
      STOWAGE_PORT_4000_TCP: "tcp://10.0.0.1:4000",
      STOWAGE_PORT_4000_TCP_PROTO: "tcp",
      STOWAGE_PORT_4000_TCP_PORT: "4000",
      STOWAGE_PORT_4000_TCP_ADDR: "10.0.0.1",
      STOWAGE_CACHE_PORT: "tcp://10.0.0.2:4000",
    };
    expect(load({ env }).config).toEqual(load().config);
    expect(load({ env: { ...env, PORT: "8080" } }).config.port).toBe(8080);
    expect(load({ args: ["--socket", "/tmp/s"], env: { PORT: "8080" } }).config.socket).toBe("/tmp/s");
  });

  it("are read from flags in every form", () => {
    expect(
      load({ args: ["--access-log", "--no-require-auth", "--memory=1.5gb", "--ttl", "5m"] }).config,
    ).toMatchObject({
      "access-log": true,
      "require-auth": false,
      memory: 1.5 * 2 ** 30,
      ttl: 300_000,
    });
    expect(load({ args: ["--access-log=off"] }).config["access-log"]).toBe(false);
  });

  it("can each be set by a variable", () => {
    for (const name of settingNames) {
      expect(faultsOf({ env: { [variableOf(name)]: "\0" } }).length, name).toBeLessThan(2);
      expect(settings[name].about, name).not.toBe("");
    }
  });
});

describe("what is wrong", () => {
  const cases: [what: string, sources: Partial<Sources>, faults: string[]][] = [
    [
      "a misspelt flag",
      { args: ["--prot", "1"] },
      ["there is no option --prot; did you mean --port?", '"1" is no option; options begin with --'],
    ],
    [
      "a misspelt variable",
      { env: { STOWAGE_PROT: "1" } },
      ["there is no setting STOWAGE_PROT; did you mean STOWAGE_PORT?"],
    ],
    [
      "a misspelt member of the file",
      { file: { path: "f.json", content: { prot: 1 } } },
      ['f.json: there is no option "prot"; did you mean port?'],
    ],
    [
      "a number out of range",
      { args: ["--port", "70000"] },
      ['--port must be a whole number from 0 to 65,535, not "70000"'],
    ],
    ["no number", { env: { PORT: "http" } }, ['PORT must be a whole number from 0 to 65,535, not "http"']],
    [
      "a bare duration",
      { args: ["--ttl", "5"] },
      ['--ttl must be a duration such as "250ms", "5s", "5m", "2h", not "5"'],
    ],
    [
      "a size of no unit known",
      { args: ["--memory", "5tb"] },
      ['--memory must be a size from 1mb to 32gb, such as "64kb", "256mb", "1.5gb", not "5tb"'],
    ],
    [
      "a value of another set",
      { args: ["--log-level", "loud"] },
      ['--log-level must be one of fatal, error, warn, info, debug, silent, not "loud"'],
    ],
    [
      "a flag without its value",
      { args: ["--port", "--access-log"] },
      ["--port needs a value: a whole number from 0 to 65,535"],
    ],
    [
      "a value negated",
      { args: ["--no-port"] },
      ["--no-port is for options that are on or off, without a value"],
    ],
    [
      "a file that is a list",
      { file: { path: "f.json", content: [] } },
      ['f.json must hold an object of settings, such as {"port": 4000}'],
    ],
    [
      "half a certificate",
      { args: ["--tls-key", "k.pem"] },
      ["tls-cert and tls-key go together; one of them is missing"],
    ],
    [
      "a socket and a port",
      { args: ["--socket", "/tmp/s", "--port", "1"] },
      ["--socket and --port cannot both be: it listens on one of them"],
    ],
    [
      "values larger than the memory allows",
      { args: ["--memory", "1mb", "--max-value", "1mb"] },
      ["--max-value must be at most a quarter of the memory"],
    ],
    [
      "a memory that is small for the default of the longest value, and something else",
      { args: ["--memory", "1mb", "--auth"] },
      ["--auth asks for tokens, but there are none: set tokens or tokens-file"],
    ],
    [
      "auth without tokens",
      { env: { STOWAGE_AUTH: "on" } },
      ["STOWAGE_AUTH asks for tokens, but there are none: set tokens or tokens-file"],
    ],
    [
      "a socket and an address",
      { args: ["--socket", "/tmp/s", "--host", "::1"] },
      ["--socket and --host cannot both be: it listens on one of them"],
    ],
    [
      "settings that would do nothing",
      {
        args: ["--snapshot-every", "5s", "--rate-limit", "5", "--socket-mode", "600"],
        env: { LOG_LEVEL: "warning", STOWAGE_ACCESS_LOG: "1" },
      },
      [
        "--socket-mode does nothing without socket",
        "--rate-limit limits tokens, but none are asked for: set tokens or tokens-file",
        "--snapshot-every does nothing without data-dir",
        "STOWAGE_ACCESS_LOG logs at level info, which LOG_LEVEL leaves out",
      ],
    ],
    [
      "an L2 that is none",
      { args: ["--l2", "localhost:6379", "--l2-name", "a{b}"] },
      [
        '--l2 must be URLs such as "redis://localhost:6379" or "rediss://user:password@host:6380/1", separated by commas, not what was given',
        '--l2-name must be 1 to 64 letters, digits, dots, dashes, underscores or colons, not "a{b}"',
      ],
    ],
    [
      "a fleet without an L2",
      { args: ["--l1-ttl", "1s"], env: { STOWAGE_WHEN_L2_DOWN: "error" } },
      ["--l1-ttl does nothing without l2", "STOWAGE_WHEN_L2_DOWN does nothing without l2"],
    ],
    [
      "two truths",
      { args: ["--l2", "redis://a", "--data-dir", "/tmp/d"] },
      ["--l2 and --data-dir cannot both be: what l2 holds would be older in a snapshot"],
    ],
    [
      "a database of a cluster, and several URLs that are none",
      { args: ["--l2", "redis://a/1,redis://b"], env: { STOWAGE_L2_CLUSTER: "no" } },
      ["STOWAGE_L2_CLUSTER contradicts --l2, which has several URLs: those of a cluster"],
    ],
    [
      "a database of a cluster",
      { args: ["--l2", "redis://a/1", "--l2-cluster"] },
      ["--l2 names a database, and a cluster has but one: leave out what stands behind the port"],
    ],
    [
      "an address that everybody reaches, where that was ruled out",
      { args: ["--require-auth", "--host", "0.0.0.0"] },
      [
        "--require-auth refuses this: anybody who reaches 0.0.0.0 can read and change everything: set tokens or tokens-file, or listen on 127.0.0.1",
      ],
    ],
    [
      "a variable that only looks like a service link",
      { env: { STOWAGE_HTTP_PORT: "80" } },
      ["there is no setting STOWAGE_HTTP_PORT; did you mean STOWAGE_PORT?"],
    ],
    [
      "two things at once",
      { args: ["--workers", "0", "--host", "a b"] },
      [
        '--host must be an IP address or a host name, such as "127.0.0.1", "0.0.0.0", "::", "localhost", not "a b"',
        '--workers must be a whole number from 1 to 240, not "0"',
      ],
    ],
  ];
  for (const [what, sources, faults] of cases) it(what, () => expect(faultsOf(sources)).toEqual(faults));

  it("never shows a secret", () => {
    const [fault] = faultsOf({ file: { path: "f.json", content: { tokens: [5, "hunter2"] } } });
    expect(fault).toBe(
      '"tokens" in f.json must be texts separated by commas, each of at most 1024 ASCII characters without spaces, not what was given',
    );
    expect(faultsOf({ args: ["--tokens", "hunter2 hunter3"] }).join()).not.toContain("hunter");
    expect(faultsOf({ args: ["--l2", "http://:hunter2@a"] }).join()).not.toContain("hunter");
  });
});
