#!/usr/bin/env node
/** `stowage-server`: the same as `stowage serve`. */
import { runProcess } from "./cli/process.js";

await runProcess(["serve", ...process.argv.slice(2)]);
