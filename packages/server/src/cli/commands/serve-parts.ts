/** What serve alone needs. */
export { createLog } from "../../observe/log.js";
export { launch } from "../../process/launch.js";
export { heedSignals } from "../../process/signals.js";
