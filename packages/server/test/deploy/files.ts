/** The deployment files, read: what each sets, exposes, probes and allows, in one shape for all. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { parseDuration } from "stowage";
import { parseAllDocuments, parse as parseYaml } from "yaml";
import { bytes } from "../../src/config/kinds.js";

export const folder = join(import.meta.dirname, "../../deploy");

export function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** `"2gb"`. */
export const parseBytes = (text: string) => bytes(1, 2 ** 40).read(text) ?? Number.NaN;

/** One way to run the server. */
export interface Way {
  readonly name: string;
  /** What the server sees, that of the image included. */
  readonly env: Readonly<Record<string, string>>;
  /** Ports that something is led to. */
  readonly ports: readonly number[];
  /** Paths that probes ask for. */
  readonly probes: readonly string[];
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  /** Until it has to answer. */
  readonly startMs: number;
  readonly memoryBytes: number;
  /** Processors that it may use; null: all. */
  readonly cpus: number | null;
  /** Where what is kept outlives it. */
  readonly volumes: readonly string[];
  /** Files that it is given. */
  readonly files: readonly string[];
  readonly isRoot: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: what these files are is what the tests find out
type Any = any;

/** `KEY=value` of the Dockerfile's last stage. */
export function imageOf(dockerfile: string) {
  const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM ")).replaceAll(/\\\n\s*/g, " ");
  const all = (word: string) =>
    [...last.matchAll(new RegExp(`^${word} (.*)$`, "gm"))].map(([, rest]) => rest);
  const env = Object.fromEntries(
    all("ENV").flatMap((line) =>
      line
        .trim()
        .split(/\s+/)
        .map((pair) => pair.split("=") as [string, string]),
    ),
  );
  return {
    env,
    ports: all("EXPOSE").map(Number),
    volumes: all("VOLUME"),
    user: all("USER")[0] ?? "0",
    entrypoint: JSON.parse(all("ENTRYPOINT")[0]) as string[],
    healthcheck: JSON.parse(/CMD (\[.*\])/.exec(all("HEALTHCHECK")[0])![1]) as string[],
  };
}

function dockerWay(): Way {
  const { env, ports, volumes, user } = imageOf(read("Dockerfile"));
  const startMs = parseDuration(/--start-period=(\S+)/.exec(read("Dockerfile"))![1]);
  const none = {
    memoryBytes: Number.POSITIVE_INFINITY,
    graceMs: Number.POSITIVE_INFINITY,
    startMs,
    cpus: null,
  };
  return {
    name: "Dockerfile",
    env,
    ports,
    probes: [],
    ...none,
    volumes,
    files: [],
    isRoot: /^(0|root)/.test(user),
  };
}

function composeWay(image: Way, file = "compose.yaml"): Way {
  const { services } = parseYaml(read(file)) as Any;
  const {
    environment,
    ports,
    volumes = [],
    secrets,
    mem_limit,
    cpus,
    stop_grace_period,
    read_only,
    cap_drop,
  } = services.stowage;
  return {
    ...image,
    name: file,
    env: { ...image.env, ...environment },
    ports: ports.map((each: string) => Number(each.split(":").at(-1))),
    graceMs: parseDuration(stop_grace_period),
    memoryBytes: parseBytes(`${mem_limit}b`),
    cpus,
    volumes: volumes.map((each: string) => each.split(":")[1]),
    files: secrets.map((each: string) => `/run/secrets/${each}`),
    isRoot: image.isRoot || read_only !== true || cap_drop[0] !== "ALL",
  };
}

/** By kind, those of one name. */
export function kubernetesObjects(file = "kubernetes.yaml", name = "stowage"): Record<string, Any> {
  const documents = parseAllDocuments(read(file), { strict: true, uniqueKeys: true });
  const objects = documents.map((each) => {
    if (each.errors.length > 0) throw each.errors[0];
    return each.toJS();
  });
  const named = objects.filter((each: Any) => each.metadata.name === name);
  return Object.fromEntries(named.map((each: Any) => [each.kind, each]));
}

function kubernetesWay(image: Way, file = "kubernetes.yaml"): Way {
  const { ConfigMap, Deployment, Service } = kubernetesObjects(file);
  const { spec } = Deployment.spec.template;
  const [container] = spec.containers;
  const { startupProbe, readinessProbe, livenessProbe, securityContext, volumeMounts, resources } = container;
  const { containerPort, name } = container.ports[0];
  const probes = [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }: Any) => httpGet);
  const portOf = (port: unknown) => (port === name ? containerPort : port);
  const mountOf = (volume: string) =>
    volumeMounts.filter((each: Any) => each.name === volume).map((each: Any) => each.mountPath);
  return {
    ...image,
    name: file,
    env: { ...image.env, ...ConfigMap.data },
    ports: [
      containerPort,
      portOf(Service.spec.ports[0].targetPort),
      ...probes.map(({ port }: Any) => portOf(port)),
    ],
    probes: probes.map(({ path }: Any) => path),
    graceMs: spec.terminationGracePeriodSeconds * 1_000,
    startMs: startupProbe.periodSeconds * startupProbe.failureThreshold * 1_000,
    memoryBytes: parseBytes(resources.limits.memory.replace("Mi", "mb").replace("Gi", "gb")),
    cpus: Number(resources.limits.cpu),
    volumes: mountOf("data"),
    files: mountOf("tokens").map((path: string) => `${path}/tokens.json`),
    isRoot: !(
      spec.securityContext.runAsNonRoot &&
      securityContext.readOnlyRootFilesystem &&
      securityContext.allowPrivilegeEscalation === false
    ),
  };
}

function flyWay(image: Way): Way {
  const { env, http_service, vm, kill_timeout } = parseToml(read("fly.toml")) as Any;
  return {
    ...image,
    name: "fly.toml",
    env: { ...image.env, ...env },
    ports: [http_service.internal_port],
    probes: http_service.checks.map(({ path }: Any) => path),
    graceMs: parseDuration(kill_timeout),
    startMs: parseDuration(http_service.checks[0].grace_period),
    memoryBytes: parseBytes(vm[0].memory),
    cpus: vm[0].cpus,
    volumes: [],
  };
}

/** Sections of a unit, each a list of what is set in it. */
export function unitOf(text: string): Record<string, [name: string, value: string][]> {
  const sections: Record<string, [string, string][]> = {};
  let section = "";
  for (const line of text.split("\n").filter((each) => each !== "" && !each.startsWith("#"))) {
    const head = /^\[(\w+)\]$/.exec(line)?.[1];
    if (head !== undefined) {
      section = head;
      sections[section] = [];
    } else sections[section].push([line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  }
  return sections;
}

function systemdWay(): Way {
  const settings = unitOf(read("stowage.service")).Service;
  const all = (name: string) => settings.filter(([each]) => each === name).map(([, value]) => value);
  const expanded = (value: string) => value.replace("%S", "/var/lib").replace("%d", "/credentials");
  return {
    name: "stowage.service",
    env: Object.fromEntries(all("Environment").map((each) => expanded(each).split("=") as [string, string])),
    ports: [],
    probes: [],
    graceMs: Number(all("TimeoutStopSec")[0]) * 1_000,
    // Of Type=exec: it counts as started at once.
    startMs: Number.POSITIVE_INFINITY,
    memoryBytes: parseBytes(all("MemoryMax")[0].replace("G", "gb")),
    cpus: null,
    volumes: all("StateDirectory").map((each) => `/var/lib/${each}`),
    files: all("LoadCredential").map((each) => `/credentials/${each.split(":")[0]}`),
    isRoot: all("DynamicUser")[0] !== "yes",
  };
}

export function ways(): Way[] {
  const image = dockerWay();
  const alone = [image, composeWay(image), kubernetesWay(image), flyWay(image), systemdWay()];
  // Ways of a fleet come behind those of one server.
  return [...alone, composeWay(image, "compose-fleet.yaml"), kubernetesWay(image, "kubernetes-fleet.yaml")];
}
