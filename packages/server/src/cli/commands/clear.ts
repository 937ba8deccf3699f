/** stowage clear: removes everything, or what begins with a prefix or has a tag. */
import { list, text } from "../../config/kinds.js";
import { command, option, toggle } from "../command.js";
import { usage } from "../failure.js";
import { count } from "../terminal/numbers.js";

export const clear = command({
  name: "clear",
  about: "remove everything, or all that has a prefix or a tag",
  details: `It asks first, on a terminal. Without one it wants --yes, so that no script empties a cache by mistake.`,
  arguments: [],
  options: {
    yes: toggle("do not ask"),
    prefix: option(text("PREFIX"), "only what begins with it", null),
    tags: option(list("TAG,..."), "only what has one of these tags", null),
  },
  remote: true,
  examples: ["stowage clear", "stowage clear --prefix session: --yes", "stowage clear --tags users --yes"],
  async run({ options: { yes, prefix, tags, json }, terminal, client, server }) {
    const what = describe(prefix, tags);
    if (!yes) {
      if (!terminal.canAsk) throw usage(`this removes ${what}: say --yes where nobody can be asked`);
      if (!(await terminal.confirm(`Remove ${what} from ${server.address.text}?`))) {
        terminal.say("nothing was removed");
        return "absent";
      }
    }
    if (prefix === null && tags === null) {
      const { body } = await client().expect({ method: "POST", path: "/cache/clear" });
      const { cleared } = JSON.parse(body.toString("utf8")) as { cleared: number };
      if (json) await terminal.line(JSON.stringify({ cleared }));
      else terminal.say(`removed ${count(cleared)} entries`);
      return "done";
    }
    const { body } = await client().expect({
      method: "POST",
      path: "/v1/invalidate",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...(prefix !== null && { prefix }), ...(tags !== null && { tags }) }),
    });
    const done = JSON.parse(body.toString("utf8")) as { prefix: number; tags: number };
    if (json)
      await terminal.line(
        JSON.stringify({ ...(prefix !== null && { cleared: done.prefix }), ...(tags !== null && { tags }) }),
      );
    else
      terminal.say(
        prefix === null ? `removed ${what}` : `removed ${what}: ${count(done.prefix)} entries by prefix`,
      );
    return "done";
  },
});

function describe(prefix: string | null, tags: readonly string[] | null): string {
  const parts = [
    ...(prefix === null ? [] : [`all that begins with ${JSON.stringify(prefix)}`]),
    ...(tags === null ? [] : [`all that is tagged ${tags.join(" or ")}`]),
  ];
  return parts.length === 0 ? "everything" : parts.join(" and ");
}
