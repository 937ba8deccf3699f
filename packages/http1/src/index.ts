/** `stowage-http1`: a strict and fast HTTP/1.1 reader and writer for servers. */

export { noBytes } from "./buffer.js";
export { Connection, type Phase } from "./connection.js";
export type { ContentSink } from "./content.js";
export { HttpRequestError, type Refusal, refusals } from "./errors.js";
export type { ConnectionHost, Handler, RefusalAnswer } from "./handler.js";
export { checkLimits, defaultLimits, type Limits } from "./limits.js";
export type { HttpServerOptions } from "./options.js";
export { type Receiver, RequestReader } from "./reader.js";
export { RequestHead } from "./request.js";
export {
  bareHead,
  dateLine,
  type Fields,
  fieldLine,
  fixedHead,
  headOf,
  responseOf,
  utf8Bytes,
} from "./response.js";
export { HttpServer, type ServerCounts } from "./server.js";
export { checkTimeouts, defaultTimeouts, type Timeouts } from "./timeouts.js";
