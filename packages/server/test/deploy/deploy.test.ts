/** The deployment files agree with the server, and among themselves, as far as that can be told without their engines. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { parseTokens } from "../../src/access/tokens-file.js";
import { commands } from "../../src/cli/commands/index.js";
import { parse } from "../../src/cli/parse.js";
import { settingNames, variableOf } from "../../src/config/index.js";
import { imageOf, kubernetesObjects, parseBytes, read, unitOf, type Way, ways } from "./files.js";
import { problemsOf } from "./rules.js";

const root = join(import.meta.dirname, "../../../..");
const packageOf = (name: string) =>
  JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));

describe.each(ways())("$name", (way) => {
  it("agrees with the server's settings, routes and needs", () => {
    expect(problemsOf(way)).toEqual([]);
  });
});

describe("the rules find", () => {
  const [docker, , kubernetes, , systemd] = ways();
  const wrong: [what: string, way: Way, text: RegExp][] = [
    [
      "a variable that is none",
      { ...kubernetes, env: { ...kubernetes.env, PROT: "1" } },
      /PROT is no setting/,
    ],
    ["a port that is another", { ...kubernetes, ports: [4001] }, /port 4001/],
    ["a port that was changed", { ...docker, env: { ...docker.env, STOWAGE_PORT: "80" } }, /port 4000/],
    ["a probe of nothing", { ...kubernetes, probes: ["/healthz"] }, /\/healthz is no open route/],
    ["a probe that wants a token", { ...kubernetes, probes: ["/metrics"] }, /\/metrics is no open route/],
    ["an address of its own", { ...docker, env: {} }, /nobody reaches it/],
    ["no tokens", { ...kubernetes, env: docker.env }, /without tokens/],
    ["too little time", { ...kubernetes, graceMs: 30_000 }, /to stop/],
    ["too little time to start", { ...kubernetes, startMs: 20_000 }, /to start/],
    ["too little memory", { ...kubernetes, memoryBytes: 2 ** 31 }, /may need/],
    ["too many workers", { ...kubernetes, cpus: 1 }, /more workers/],
    ["data that are lost", { ...systemd, volumes: [] }, /does not outlive/],
    [
      "a volume that is not used",
      { ...kubernetes, env: { ...kubernetes.env, STOWAGE_DATA_DIR: "" } },
      /for nothing/,
    ],
    ["tokens that are elsewhere", { ...kubernetes, files: ["/etc/tokens.json"] }, /nobody puts/],
    ["root", { ...docker, isRoot: true }, /more rights/],
  ];

  it.each(wrong)("%s", (_, way, text) => {
    expect(problemsOf(way).join("\n")).toMatch(text);
  });

  it("settings that are misspelt, or wrong", () => {
    const with_ = (env: Record<string, string>) => () =>
      problemsOf({ ...kubernetes, env: { ...kubernetes.env, ...env } });
    expect(with_({ STOWAGE_MEMROY: "1gb" })).toThrow(/did you mean STOWAGE_MEMORY/);
    expect(with_({ STOWAGE_MEMORY: "lots" })).toThrow(/STOWAGE_MEMORY must be/);
  });
});

describe("the image", () => {
  const dockerfile = read("Dockerfile");
  const { entrypoint, healthcheck } = imageOf(dockerfile);
  const { bin } = packageOf("server");

  it("runs programs that the package has", () => {
    expect(Object.keys(bin)).toContain(entrypoint[0]);
    expect(Object.keys(bin)).toContain(healthcheck[0]);
    for (const name of [entrypoint[0], healthcheck[0]])
      expect(dockerfile).toContain(`/app/node_modules/.bin/${name}`);
  });

  it("checks its health by a command that there is, without curl", () => {
    const [, name, ...rest] = healthcheck;
    const found = commands.find((each) => each.name === name)!;
    expect(parse(found, rest).options).toMatchObject({ ready: true, timeout: 2_000 });
    expect(dockerfile).not.toMatch(/curl|wget/);
  });

  it("is built by scripts that there are, of packages that there are", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const [, script] of dockerfile.matchAll(/npm run ([\w:-]+)/g))
      expect(Object.keys(scripts)).toContain(script);
    const packed = [...dockerfile.matchAll(/--workspace ([\w-]+)/g)].map(([, name]) => name);
    const names = ["stowage", "http1", "server"].map((each) => packageOf(each).name);
    expect(packed.sort()).toEqual(names.sort());
    for (const [, path] of dockerfile.matchAll(/-f (packages\S+)/g)) readFileSync(join(root, path));
  });

  it("has the Node that the packages want", () => {
    const versions = [...dockerfile.matchAll(/^FROM node:(\d+)/gm)].map(([, version]) => Number(version));
    expect(new Set(versions).size).toBe(1);
    expect(packageOf("server").engines.node).toMatch(new RegExp(`^>=${versions[0]}\\.`));
  });

  it("takes what its build reads", () => {
    const ignored = read("Dockerfile.dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(ignored).toContain("**/node_modules");
    expect(ignored.join(" ")).not.toMatch(/package|scripts|tsconfig|\bsrc/);
  });
});

describe("the compose file", () => {
  it("builds the image that stands beside it, and is open to this machine alone", () => {
    const { services, secrets, volumes } = parseYaml(read("compose.yaml"));
    const { build, ports, volumes: mounts } = services.stowage;
    readFileSync(join(import.meta.dirname, "../../deploy", build.context, build.dockerfile));
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const mount of mounts) expect(Object.keys(volumes)).toContain(mount.split(":")[0]);
    expect(Object.keys(secrets)).toEqual(services.stowage.secrets);
  });
});

describe("the Kubernetes manifests", () => {
  const objects = kubernetesObjects();

  it("are all there, and select each other", () => {
    const { Deployment, Service, PodDisruptionBudget, ConfigMap, PersistentVolumeClaim } = objects;
    const { labels } = Deployment.spec.template.metadata;
    for (const selector of [
      Deployment.spec.selector.matchLabels,
      Service.spec.selector,
      PodDisruptionBudget.spec.selector.matchLabels,
    ])
      expect(labels).toMatchObject(selector);
    const { containers, volumes } = Deployment.spec.template.spec;
    expect(containers[0].envFrom).toEqual([{ configMapRef: { name: ConfigMap.metadata.name } }]);
    expect(volumes[0].persistentVolumeClaim.claimName).toBe(PersistentVolumeClaim.metadata.name);
    const mounted = containers[0].volumeMounts.map(({ name }: { name: string }) => name);
    expect(mounted.sort()).toEqual(volumes.map(({ name }: { name: string }) => name).sort());
    const secret = volumes[1].secret.secretName;
    expect(read("kubernetes.yaml")).toContain(
      `kubectl create secret generic ${secret} --from-file=tokens.json`,
    );
  });

  it("never have two servers with one directory, and let nodes be emptied", () => {
    const { Deployment, PodDisruptionBudget } = objects;
    expect([Deployment.spec.replicas, Deployment.spec.strategy.type]).toEqual([1, "Recreate"]);
    expect(PodDisruptionBudget.spec.maxUnavailable).toBeGreaterThanOrEqual(1);
  });

  it("have a volume for two snapshots", () => {
    const { ConfigMap, PersistentVolumeClaim } = objects;
    const room = parseBytes(PersistentVolumeClaim.spec.resources.requests.storage.replace("Gi", "gb"));
    expect(room).toBeGreaterThan(2 * parseBytes(ConfigMap.data.STOWAGE_MEMORY));
  });

  it("have texts as values of their variables, as Kubernetes wants it", () => {
    for (const value of Object.values(objects.ConfigMap.data)) expect(value).toBeTypeOf("string");
  });
});

describe("the unit", () => {
  const text = read("stowage.service");
  const { Service } = unitOf(text);
  const settingOf = (name: string) => Service.find(([each]) => each === name)?.[1];

  it("runs the program that npm installs, and is not started again for wrong settings", () => {
    expect(Object.keys(packageOf("server").bin)).toContain(settingOf("ExecStart")?.split("/").at(-1));
    expect(settingOf("RestartPreventExitStatus")).toBe("2");
    expect(settingOf("ExecReload")).toMatch(/-HUP \$MAINPID/);
  });

  it("lets V8 make machine code, and threads work together", () => {
    expect(settingOf("MemoryDenyWriteExecute")).toBeUndefined();
  });

  const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

  it.skipIf(!hasSystemd)("is one to systemd, and hardened", () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-unit-"));
    const unit = join(folder, "stowage.service");
    writeFileSync(unit, text.replace("/usr/local/bin/stowage-server", process.execPath));
    const verified = spawnSync("systemd-analyze", ["verify", "--man=no", unit], { encoding: "utf8" });
    expect([verified.status, verified.stderr]).toEqual([0, ""]);
    // 10 is as exposed as can be; above 20 tenths it fails.
    const check = ["security", "--offline=yes", "--no-pager", "--threshold=20", unit];
    execFileSync("systemd-analyze", check, { stdio: "ignore" });
    writeFileSync(unit, text.replace("ExecStart=", "ExecStrat="));
    expect(spawnSync("systemd-analyze", ["verify", "--man=no", unit]).status).not.toBe(0);
    rmSync(folder, { recursive: true });
  });
});

describe("the example of a tokens file", () => {
  it("is one", () => {
    const faults: string[] = [];
    const entries = parseTokens(JSON.parse(read("tokens.example.json")), "tokens.example.json", null, faults);
    expect(faults).toEqual([]);
    expect(entries.length).toBe(2);
  });
});

it("every variable that any of the files mentions is a setting, in comments too", () => {
  const known = new Set([...settingNames.map(variableOf), "STOWAGE_URL", "STOWAGE_TOKEN", "STOWAGE_CONFIG"]);
  const names = ["Dockerfile", "compose.yaml", "kubernetes.yaml", "fly.toml", "stowage.service"];
  const mentioned = names.flatMap((name) => read(name).match(/STOWAGE_[A-Z_]+/g) ?? []);
  expect(mentioned.filter((name) => !known.has(name))).toEqual([]);
});
