/** Every command, in the order of `--help`. */
import type { Command } from "../command.js";
import { bench } from "./bench.js";
import { clear } from "./clear.js";
import { config } from "./config.js";
import { del } from "./del.js";
import { dump } from "./dump.js";
import { get } from "./get.js";
import { incr } from "./incr.js";
import { load } from "./load.js";
import { ping } from "./ping.js";
import { scan } from "./scan.js";
import { serve } from "./serve.js";
import { set } from "./set.js";
import { stats } from "./stats.js";
import { token } from "./token.js";

export const commands: readonly Command[] = [
  serve,
  config,
  token,
  get,
  set,
  del,
  incr,
  scan,
  stats,
  clear,
  dump,
  load,
  bench,
  ping,
];
