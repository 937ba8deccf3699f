/** The files for a fleet fit together: servers and what they stand on. That they agree with the settings, deploy.test.ts sees. */
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { loadConfig, settingNames, variableOf } from "../../src/config/index.js";
import { kubernetesObjects, parseBytes, read } from "./files.js";

const file = "kubernetes-fleet.yaml";

describe("the Kubernetes manifests of a fleet", () => {
  const servers = kubernetesObjects(file);
  const l2 = kubernetesObjects(file, "stowage-l2");

  it("select each other", () => {
    const { Deployment, Service, PodDisruptionBudget, ConfigMap } = servers;
    const { labels } = Deployment.spec.template.metadata;
    for (const selector of [
      Deployment.spec.selector.matchLabels,
      Service.spec.selector,
      PodDisruptionBudget.spec.selector.matchLabels,
      l2.NetworkPolicy.spec.ingress[0].from[0].podSelector.matchLabels,
    ])
      expect(labels).toMatchObject(selector);
    const ofL2 = l2.StatefulSet.spec.template.metadata.labels;
    for (const selector of [
      l2.StatefulSet.spec.selector.matchLabels,
      l2.Service.spec.selector,
      l2.NetworkPolicy.spec.podSelector.matchLabels,
    ])
      expect(ofL2).toMatchObject(selector);
    expect(labels).not.toMatchObject(l2.Service.spec.selector);
    expect(Deployment.spec.template.spec.containers[0].envFrom).toEqual([
      { configMapRef: { name: ConfigMap.metadata.name } },
    ]);
  });

  it("lead the servers to their L2", () => {
    const [url] = loadConfig({ args: [], env: servers.ConfigMap.data }).config.l2!;
    const { hostname, port } = new URL(url);
    expect(hostname).toBe(l2.Service.metadata.name);
    expect(Number(port)).toBe(l2.Service.spec.ports[0].port);
    const [container] = l2.StatefulSet.spec.template.spec.containers;
    expect(container.ports[0].name).toBe(l2.Service.spec.ports[0].targetPort);
    expect(l2.StatefulSet.spec.serviceName).toBe(l2.Service.metadata.name);
  });

  it("have several servers, of which one may go, and none before the next one has come", () => {
    const { Deployment, PodDisruptionBudget } = servers;
    expect(Deployment.spec.replicas).toBeGreaterThan(PodDisruptionBudget.spec.maxUnavailable);
    expect(Deployment.spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  });

  it("evict in L2 before its container is full, and never what has no end", () => {
    const [{ args, resources }] = l2.StatefulSet.spec.template.spec.containers;
    const after = (name: string) => args[args.indexOf(name) + 1];
    expect(parseBytes(after("--maxmemory"))).toBeLessThan(
      parseBytes(resources.limits.memory.replace("Gi", "gb")),
    );
    expect(after("--maxmemory-policy")).toMatch(/^volatile-/);
  });

  it("mention no variable that is no setting", () => {
    const known = new Set(settingNames.map(variableOf));
    for (const name of [file, "compose-fleet.yaml"])
      expect((read(name).match(/STOWAGE_[A-Z0-9_]+/g) ?? []).filter((each) => !known.has(each))).toEqual([]);
  });
});

describe("the compose file of a fleet", () => {
  it("leads the servers to their L2, and is open to this machine alone", () => {
    const { services, secrets, volumes } = parseYaml(read("compose-fleet.yaml"));
    const { hostname } = new URL(services.stowage.environment.STOWAGE_L2);
    expect(Object.keys(services)).toContain(hostname);
    expect(services.stowage.depends_on).toEqual([hostname]);
    for (const port of services.stowage.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const mount of services[hostname].volumes)
      expect(Object.keys(volumes)).toContain(mount.split(":")[0]);
    expect(Object.keys(secrets)).toEqual(services.stowage.secrets);
  });
});
