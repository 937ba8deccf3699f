/** stowage ping: whether the server answers, and how fast. For people, and for health checks. */
import { command, toggle } from "../command.js";
import { milliseconds } from "../terminal/numbers.js";

export const ping = command({
  name: "ping",
  about: "ask whether the server answers",
  details: `It ends with 0 if so, and needs no token. With --ready, only if the server wants requests: not while it starts, or
    drains before it stops.`,
  arguments: [],
  options: { ready: toggle("ask whether it wants requests, too") },
  remote: true,
  examples: ["stowage ping", "stowage ping --ready --timeout 2s"],
  async run({ options, terminal, client, server }) {
    const { now } = terminal.io;
    const begun = now();
    await client().expect({ method: "GET", path: options.ready ? "/ready" : "/health" });
    const ms = now() - begun;
    if (options.json) await terminal.line(JSON.stringify({ url: server.address.text, ms }));
    else await terminal.line(`${terminal.paint.good("ok")}  ${server.address.text}  ${milliseconds(ms)}`);
    return "done";
  },
});
