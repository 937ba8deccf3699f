/** `npm run simulate -- <trace file> --capacity 500,1000,2000`: see arguments.ts, or --help. */
import { main } from "./main.js";
import { writeOut } from "./report/output.js";
import { paintFor } from "./report/paint.js";

const { exitCode, output, error } = await main(process.argv.slice(2), paintFor(process.stdout, process.env));
if (output !== "") writeOut(output);
if (error !== "") process.stderr.write(`${error}\n`);
process.exitCode = exitCode;
