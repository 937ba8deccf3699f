/** `npm run bench:server`: the server beside Redis, memcached and other servers of HTTP. */
import { runCommand } from "../harness/command.js";
import { serverSuite } from "./suite.js";

await runCommand(serverSuite);
