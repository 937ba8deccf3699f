/**
 * Runs a worker's module (the thread's argument) from its TypeScript sources: Node 20 reads none, and tsx does not reach
 * into worker threads by itself. For the repository only; the package has built modules.
 */
import { register } from "tsx/esm/api";

register();
await import(process.argv[2]);
