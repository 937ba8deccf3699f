/** Warm restart: all entries to a file, and back. */
export { loadSnapshot as load } from "./load.js";
export { takeSnapshot as snapshot } from "./snapshot.js";
