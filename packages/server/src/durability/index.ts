/** What the rest of the server uses of durability/. */
export { StoreError, type StoreErrorCode } from "./errors.js";
export { createStoreMemory, readStoreFigures, type StoreFigures } from "./figures.js";
export { openStore, type Store, type StoreOptions } from "./store.js";
