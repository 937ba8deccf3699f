/** Settings: what other rooms use of this one. */
export { fallbackText, flagText, helpText } from "./help.js";
export { readJsonFile } from "./json-file.js";
export { ConfigError, type Loaded, loadConfig, type Sources } from "./load.js";
export { describeConfig, type Printed, printedConfig } from "./print.js";
export { type Config, type SettingName, settingNames, settings, variableOf } from "./settings.js";
export { gatherSources } from "./sources.js";
