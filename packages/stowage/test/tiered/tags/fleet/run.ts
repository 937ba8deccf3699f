/** The fleet on the sources of the same bundle: mutants.test.ts builds it from edited ones. */
export { faultOfFleet } from "./property.js";
