/** stowage config: what the server would run with. */
import { describeConfig, gatherSources, loadConfig, printedConfig } from "../../config/index.js";
import { command, toggle } from "../command.js";
import { usage } from "../failure.js";

const own = {
  print: toggle("print every setting, what it is, and who said so; secrets as stars"),
  json: toggle("as JSON"),
} as const;

export const config = command({
  name: "config",
  about: "check the server's settings, and print them",
  details: `Takes the flags, variables and file that "stowage serve" takes, and ends with 2 if any of them is wrong, naming all
    that are.`,
  arguments: [],
  options: own,
  remote: false,
  takesSettings: true,
  examples: ["stowage config --print", "stowage config --print --json --config stowage.json"],
  async run({ args, terminal }) {
    const rest = args.filter((each) => each !== "--print" && each !== "--json");
    const loaded = loadConfig(gatherSources(rest, terminal.io.env));
    if (!args.includes("--print"))
      throw usage('the settings are right; "stowage config --print" prints them');
    if (args.includes("--json")) await terminal.line(JSON.stringify(printedConfig(loaded), null, 2));
    else await terminal.write(describeConfig(loaded));
    return "done";
  },
});
