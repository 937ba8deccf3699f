/** How values lie in the table: for all routes that look beyond plain JSON. */
export { KIND_BYTES, KIND_JSON, KIND_TEXT, kindTypes } from "./layout.js";
export {
  dropIfStale,
  hasGrace,
  isListed,
  isStale,
  jsonOf,
  readStored,
  type Stored,
  type TtlLeft,
} from "./read.js";
export { ContentTypeError, type Prepared, prepare, prepareJson } from "./write.js";
