/** `stowage/client`: what an application imports to use one server or fifty. */
export * from "../client/web/index.js";
