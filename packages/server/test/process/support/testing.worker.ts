/** A worker of the server with some routes more: those that do to a worker what a test wants to see it survive. */
import { serve } from "../../../src/process/serve.js";
import { routes } from "../../../src/routes/index.js";
import { testRoutes } from "./test-routes.js";

await serve([...routes, ...testRoutes]);
