/** All that mutants.test.ts runs on servers that are broken on purpose. */
export * from "./alive-scenes.js";
export * from "./changes-scenes.js";
export * from "./lease-scenes.js";
export * from "./model.js";
export { patience } from "./support.js";
