/** Routers that number servers give each the same share; one that was promised another must not find out by its load. */
import { InvalidOptionError } from "../../../base/errors.js";
import type { RouterNode } from "../types.js";

/** @throws InvalidOptionError where weights differ */
export function checkEven(router: string, nodes: readonly RouterNode[]): void {
  const odd = nodes.find(({ weight }) => weight !== nodes[0].weight);
  if (odd === undefined) return;
  const right = `${router} gives each server the same share, but ${odd.url} has the weight ${odd.weight} and ${nodes[0].url} ${nodes[0].weight}; leave the weights out, or use ring or rendezvous`;
  throw InvalidOptionError.conflict("new Client", ["router", "weight"], right);
}
