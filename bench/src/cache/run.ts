/** `npm run bench:cache`: Stowage's in-process cache and its peers. */
import { runCommand } from "../harness/command.js";
import { cacheSuite } from "./suite.js";

await runCommand(cacheSuite);
