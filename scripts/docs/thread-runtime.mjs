/**
 * Loaded (`--import`) with tsx into the process that runs a documentation example, and so into its worker threads: there,
 * Node 20 would read no TypeScript, since tsx registers itself in the main thread only.
 */
import { isMainThread } from "node:worker_threads";
import { register } from "tsx/esm/api";

const threadsInheritHooks = Number.parseInt(process.versions.node, 10) >= 22;

if (!isMainThread && !threadsInheritHooks) register();
