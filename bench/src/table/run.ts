/** `npm run bench:table`: the shared table beside what else one could keep bytes in. */
import { runCommand } from "../harness/command.js";
import { tableSuite } from "./suite.js";

await runCommand(tableSuite);
