/** A small server over node:http and the very same shared table: what our own reader of HTTP brings. */
import { startService } from "../../harness/service.js";
import type { Contender } from "./contender.js";
import { lixExchange } from "./lix.js";

export const contender: Contender = {
  package: null,
  heading: "node:http",
  protocol: "http",
  missing: () => undefined,
  oneThread: true,
  exchange: lixExchange,
  async start({ prefix, programs }) {
    const { port, pid, end } = await startService({
      name: "the server over node:http",
      command: (port) => [...prefix, ...programs.nodeHttp, String(port)],
    });
    return { port, pids: [pid], end };
  },
};
