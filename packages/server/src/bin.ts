#!/usr/bin/env node
/** `stowage`: the command line. */
import { runProcess } from "./cli/process.js";

await runProcess(process.argv.slice(2));
