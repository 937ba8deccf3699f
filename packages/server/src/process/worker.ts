/** The module that each worker thread runs. Built as dist/worker.js. */
import { routes } from "../routes/index.js";
import { serve } from "./serve.js";

await serve(routes);
