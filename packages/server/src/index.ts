/**
 * `stowage-server`: a cache server over one shared table, for programs that embed it. As a program of its own it is
 * `stowage-server` and `stowage serve`.
 */

export { ConfigError } from "./config/load.js";
export type { Config, SettingName } from "./config/settings.js";
export { StoreError, type StoreErrorCode } from "./durability/index.js";
export type { ConnectionCounts, Latencies, Log, WorkerFigures } from "./observe/index.js";
export { ListenError, StartError, TlsError } from "./process/errors.js";
export type { CloseOptions, Server, ServerStats } from "./process/server.js";
export { heedSignals } from "./process/signals.js";
export { type ServerOptions, type ServerSettings, startServer } from "./process/start-server.js";
