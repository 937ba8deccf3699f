/** The server that this is about, as `npx stowage-server` starts it: supervisor and workers, defaults but for what is said. */
import { startService } from "../../harness/service.js";
import type { Contender } from "./contender.js";
import { lixExchange } from "./lix.js";

export const contender: Contender = {
  package: "stowage-server",
  heading: "Stowage",
  protocol: "http",
  missing: () => undefined,
  exchange: lixExchange,
  async start({ prefix, workers, programs, memory }) {
    const flags = ["--workers", String(workers), ...(memory === undefined ? [] : ["--memory", memory])];
    const { port, pid, end } = await startService({
      name: "stowage-server",
      command: (port) => [...prefix, ...programs.stowageServer, "--port", String(port), ...flags],
    });
    return { port, pids: [pid], end };
  },
};
