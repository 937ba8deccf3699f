/** `npm run bench:tiered`: two tiers over one Redis, beside other libraries that have them. */
import { runCommand } from "../harness/command.js";
import { tieredSuite } from "./suite.js";

await runCommand(tieredSuite);
