/** How evenly routers share keys out, and how many keys move when servers come and go, as tables in Markdown. */
import { jump, mod, type Router, rendezvous, ring } from "stowage/client";
import { fewestMoves, measureRouter } from "stowage/testing";

const routers: readonly Router[] = [mod(), jump(), ring(), rendezvous()];

/** The rows for one number of servers, as Markdown. */
export function routerTable(servers: number, keys: number): string {
  const best = fewestMoves(servers);
  const rows = routers.map((router) => {
    const measured = measureRouter(router, { servers, keys });
    const moved = [
      measured.joinsLast,
      measured.joinsInTheMiddle,
      measured.leavesLast,
      measured.leavesInTheMiddle,
    ];
    const cells = [measured.most.toFixed(2), measured.least.toFixed(2), ...moved.map(percent)];
    return `| \`${router.name}\` | ${cells.join(" | ")} |`;
  });
  const fewest = [best.joins, best.joins, best.leaves, best.leaves].map(percent);
  return [
    `| ${servers} servers | most | least | one joins, last | one joins, in the middle | the last leaves | one in the middle leaves |`,
    "|---|---|---|---|---|---|---|",
    ...rows,
    `| fewest possible | 1.00 | 1.00 | ${fewest.join(" | ")} |`,
  ].join("\n");
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
