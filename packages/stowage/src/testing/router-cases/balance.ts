/** How a router shares keys out. */
import type { RouterNode } from "../../client/routing/types.js";
import { between, throws } from "../check.js";
import { numberedServers, type Shares, sharesOf } from "../router-measure.js";
import type { RouterCase } from "../router-suite.js";
import { keyKinds, mixedServers } from "./support.js";

/**
 * How far a share may be from what it should be. With 5,000 keys, chance alone makes it 8 % (three standard deviations) for
 * one of seven servers; a ring of 512 points adds its own 4 %.
 */
const slack = 0.25;

const weighted: readonly RouterNode[] = mixedServers.map((node, index) => ({
  ...node,
  weight: [1, 2, 4][index % 3],
}));

export const balance: readonly RouterCase[] = [
  {
    name: "gives servers about the same number of keys, whatever the kind of keys",
    needs: ["spreads"],
    run(create) {
      for (const nodes of [mixedServers, mixedServers.slice(0, 2), numberedServers(5)])
        for (const [kind, keys] of Object.entries(keyKinds))
          checkShares(sharesOf(create(), nodes, keys), nodes, `keys: ${kind}`);
    },
  },
  {
    name: "gives servers keys in proportion to their weights",
    needs: ["weights"],
    run(create) {
      for (const [kind, keys] of Object.entries(keyKinds))
        checkShares(sharesOf(create(), weighted, keys), weighted, `keys: ${kind}`);
    },
  },
  {
    name: "takes small weights and large ones",
    needs: ["weights"],
    run(create) {
      const [one, other] = mixedServers;
      const nodes = [
        { ...one, weight: 0.01 },
        { ...other, weight: 1 },
      ];
      const share = sharesOf(create(), nodes, keyKinds.random).get(one.url) ?? 0;
      between(
        share / keyKinds.random.length,
        0,
        0.05,
        "the share of a server with a hundredth of the weight",
      );
      const large = nodes.map(({ url }, index) => ({ url, weight: index === 0 ? 100 : 50 }));
      checkShares(sharesOf(create(), large, keyKinds.random), large, "weights 100 and 50");
    },
  },
  {
    name: "refuses weights that differ, since it cannot keep to them",
    needs: ["spreads"],
    without: ["weights"],
    run(create) {
      throws(() => create().init(weighted), "InvalidOptionError");
    },
  },
];

function checkShares(shares: Shares, nodes: readonly RouterNode[], what: string): void {
  const weights = nodes.reduce((sum, { weight }) => sum + weight, 0);
  const keys = [...shares.values()].reduce((sum, count) => sum + count, 0);
  for (const { url, weight } of nodes) {
    const share = (shares.get(url) ?? 0) / keys / (weight / weights);
    between(share, 1 - slack, 1 + slack, `${what}: keys of ${url} over its share`);
  }
}
