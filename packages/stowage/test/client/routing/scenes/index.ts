/** All scenes of routing, and how to run one by its name: what the tests and the broken builds share. */
import { addressScenes } from "./addresses.js";
import { changeScenes } from "./changes.js";
import { clusterScenes } from "./cluster.js";
import { discoveryScenes } from "./discovery.js";
import { dnsScenes } from "./dns.js";
import { hashScenes } from "./hash.js";
import { mergeScenes } from "./merges.js";
import { pageScenes } from "./page.js";
import { routerScenes } from "./routers.js";
import { faultOf, type Scene } from "./scene.js";

export const scenes: Readonly<Record<string, readonly Scene[]>> = {
  hashes: hashScenes,
  addresses: addressScenes,
  routers: routerScenes,
  "which node": clusterScenes,
  "servers come and go": changeScenes,
  "in a page": pageScenes,
  discovery: discoveryScenes,
  dns: dnsScenes,
  "all servers": mergeScenes,
};

/** The scenes of these groups that find a fault. */
export async function failingScenes(groups: readonly string[]): Promise<string[]> {
  const failing: string[] = [];
  for (const scene of groups.flatMap((group) => scenes[group]))
    if ((await faultOf(scene)) !== undefined) failing.push(scene.name);
  return failing;
}
