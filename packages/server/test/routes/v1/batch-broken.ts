/** All that batch-mutants.test.ts runs on servers that are broken on purpose. */
export * from "./batch-model.js";
export * from "./batch-scenes.js";
