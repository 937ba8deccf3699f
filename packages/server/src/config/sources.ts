/** Where settings are said: takes `--config FILE`, or STOWAGE_CONFIG, out of the rest and reads that file. */
import { readJsonFile } from "./json-file.js";
import { ConfigError, type Sources } from "./load.js";

/**
 * @param args what follows the command on the command line
 * @throws ConfigError for a file that cannot be read
 */
export function gatherSources(args: readonly string[], env: Sources["env"]): Sources {
  const { rest, path = env.STOWAGE_CONFIG } = takeFile(args);
  if (path === undefined || path === "") return { args: rest, env };
  try {
    return { args: rest, env, file: { path, content: readJsonFile(path) } };
  } catch (error) {
    throw new ConfigError([`the configuration file ${path} cannot be read: ${(error as Error).message}`]);
  }
}

function takeFile(args: readonly string[]): { rest: string[]; path?: string } {
  const rest: string[] = [];
  let path: string | undefined;
  for (let at = 0; at < args.length; at++) {
    const [, attached] = /^--config(?:=([\s\S]*))?$/.exec(args[at]) ?? [undefined, null];
    if (attached === null) rest.push(args[at]);
    else {
      if (path !== undefined) throw new ConfigError(["--config stands there twice; one file is read"]);
      path = attached ?? args[++at];
      if (path === undefined || path === "" || path.startsWith("--"))
        throw new ConfigError(["--config needs a value: a JSON file of settings"]);
    }
  }
  return { rest, ...(path !== undefined && { path }) };
}
