/** Serves on the descriptor that it was started with, as 3. For a test: within one process a socket has one listener. */
import { HttpServer } from "../../src/index.js";
import { echo } from "../support/serve.js";

await new HttpServer({ handler: { request: echo } }).listen({ fd: 3 });
