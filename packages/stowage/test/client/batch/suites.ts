/** Everything that a broken batcher has to be found by, for mutants.test.ts. */
export { checkModel } from "./model.js";
export { scenes } from "./scenes.js";
