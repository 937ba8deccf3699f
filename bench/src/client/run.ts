/** `npm run bench:client`: the client beside Redis clients and a plain fetch loop. */
import { runCommand } from "../harness/command.js";
import { clientSuite } from "./suite.js";

await runCommand(clientSuite);
