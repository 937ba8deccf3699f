/** stowage get: the value of a key. */
import { getEntry, lineOf } from "../../client/index.js";
import { command } from "../command.js";
import { checkedKey, shownKey } from "../keys.js";

export const get = command({
  name: "get",
  about: "print the value of a key",
  details: `The value is printed as it was stored, byte for byte; on a terminal a line end follows. With --json it comes
    with its type and when it expires, as in the lines of "stowage dump".`,
  arguments: [{ name: "KEY", about: "the key" }],
  options: {},
  remote: true,
  examples: ["stowage get greeting", "stowage get photo:1 > photo.png", "stowage get user:1 --json"],
  async run({ args: [name], options, terminal, client }) {
    const key = checkedKey(name);
    const entry = await getEntry(client(), key, terminal.io.wall);
    if (entry === undefined) {
      if (options.json) await terminal.line("null");
      else terminal.say(`there is no entry ${shownKey(key)}`);
      return "absent";
    }
    if (options.json) await terminal.line(lineOf(entry));
    else {
      await terminal.write(entry.value);
      if (terminal.io.stdout.isTTY === true) await terminal.write("\n");
    }
    return "done";
  },
});
