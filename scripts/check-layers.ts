/**
 * `npm run check:layers [folder]`: fails when a file imports upwards, across packages behind their exports, or
 * in a circle. The rules are tables in layers/rules.ts.
 */
import { checkLayers } from "./layers/check.js";
import { readTree } from "./layers/read-tree.js";

const tree = readTree(process.argv[2] ?? process.cwd());
const problems = checkLayers(tree);
for (const problem of problems) console.error(problem);
console.log(`layers: ${tree.sources.size} files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
