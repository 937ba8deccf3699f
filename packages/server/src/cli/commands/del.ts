/** stowage del: removes entries. */
import { pathOfKey } from "../../client/index.js";
import { command } from "../command.js";
import { checkedKey, shownKey } from "../keys.js";

export const del = command({
  name: "del",
  about: "remove entries",
  details: "It ends with 1 if any of them was not there; the others are removed all the same.",
  arguments: [{ name: "KEY", about: "the keys", many: true }],
  options: {},
  remote: true,
  examples: ["stowage del user:1", "stowage scan tmp: | xargs -d '\\n' stowage del --"],
  async run({ args, options, terminal, client }) {
    const server = client();
    const absent: string[] = [];
    for (const key of args.map(checkedKey)) {
      const { status } = await server.expect({ method: "DELETE", path: pathOfKey(key) }, 404);
      if (status === 404) absent.push(key);
    }
    const deleted = args.length - absent.length;
    if (options.json) await terminal.line(JSON.stringify({ deleted, absent }));
    else {
      for (const key of absent) terminal.say(`there is no entry ${shownKey(key)}`);
      if (args.length > 1) terminal.say(`removed ${deleted} of ${args.length}`);
    }
    return absent.length === 0 ? "done" : "absent";
  },
});
