/** The server for programs that embed it: settings as one would write them, checked like those of the command line. */
import { loadConfig } from "../config/load.js";
import type { Config, SettingName } from "../config/settings.js";
import type { Log } from "../observe/index.js";
import { launch } from "./launch.js";
import type { Server } from "./server.js";

/** How a setting may be given: sizes and durations as texts, too. */
type Written<T> = T extends number ? number | string : T;

/**
 * The settings of `stowage serve --help` by their names. Durations are texts such as `"5s"`, sizes texts such as `"64mb"` or
 * bytes. What is left out has its default; neither environment nor files are looked at.
 */
export type ServerSettings = { readonly [Name in SettingName]?: Written<NonNullable<Config[Name]>> | null };

export interface ServerOptions {
  /** Where the log goes, that of the workers included: a pino logger. Default: lines of JSON on stdout. */
  readonly log?: Log;
}

/**
 * Starts a cache server on threads of this process. Resolves when it accepts connections.
 *
 * @throws ConfigError naming all settings that are wrong
 * @throws TlsError, ListenError, StoreError, StartError saying what to do; nothing is left open
 * @example
 * const server = await startServer({ port: 0, memory: "64mb", workers: 2, "log-level": "warn" });
 * console.log(server.url);
 * server.table.set("greeting", '"Hello"'); // what clients then read
 * await server.close();
 */
export async function startServer(
  settings: ServerSettings = {},
  options: ServerOptions = {},
): Promise<Server> {
  const file = { path: "the settings of startServer", content: settings };
  return launch(loadConfig({ args: [], env: {}, file }).config, options);
}
