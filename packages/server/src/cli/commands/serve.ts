/** stowage serve: the server, until it is told to stop. */
import { gatherSources, loadConfig } from "../../config/index.js";
import { command } from "../command.js";
import { widenInlining } from "../engine.js";
import { version } from "../version.js";

export const serve = command({
  name: "serve",
  about: "start the server",
  details: `SIGTERM and SIGINT let it answer what is under way, take a last snapshot, and end with 0; a second one ends it at
    once. SIGHUP reads certificate and tokens file again.`,
  arguments: [],
  options: {},
  remote: false,
  takesSettings: true,
  examples: [
    "stowage serve",
    "stowage serve --port 4000 --memory 1gb --data-dir /var/lib/stowage",
    "STOWAGE_TOKENS_FILE=/etc/stowage/tokens.json stowage serve --host 0.0.0.0 --require-auth",
  ],
  async run({ args, terminal }) {
    const { config } = loadConfig(gatherSources(args, terminal.io.env));
    const cancel = endOnSignals();
    widenInlining();
    // Read now, so that no other command has to wait for it.
    const { launch, createLog, heedSignals } = await import("./serve-parts.js");
    const server = await launch(config);
    cancel();
    const log = createLog({ level: config["log-level"]! });
    heedSignals(server, log);
    log.info(
      { url: server.url, version: version(), workers: config.workers, memory: config.memory },
      `ready on ${server.url}; try: ${trialOf(server.url)}`,
    );
    // Signals end the process.
    return new Promise<never>(() => {});
  },
});

/** A command that shows that it works. */
function trialOf(url: string): string {
  if (url.startsWith("unix:"))
    return `curl --unix-socket ${url.slice("unix:".length)} http://localhost/health`;
  return `curl ${url.startsWith("https:") ? "-k " : ""}${url}/health`;
}

/** While it starts there is nothing to drain or save. The first process of a container ends by no signal that it does not heed. */
function endOnSignals(): () => void {
  const onTerm = () => process.exit(143);
  const onInt = () => process.exit(130);
  process.on("SIGTERM", onTerm).on("SIGINT", onInt);
  return () => process.off("SIGTERM", onTerm).off("SIGINT", onInt);
}
