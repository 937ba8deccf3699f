/** Counters, histograms, logs, metrics: what other rooms use of this one. */
export { sharedNow } from "./clock.js";
export { createFleet } from "./fleet.js";
export { createLog, type LogOptions } from "./log.js";
export { createFleetMemory, type FleetMemory, type ServerState, setState, UNROUTED } from "./memory.js";
export { BEAT_MS, createObserver } from "./observer.js";
export type * from "./types.js";
