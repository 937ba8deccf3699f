/** stowage incr: adds to a number. */
import { command } from "../command.js";
import { usage } from "../failure.js";
import { checkedKey } from "../keys.js";

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

export const incr = command({
  name: "incr",
  about: "add to a number, and print the sum",
  details: `An entry that is not there begins at 0. Whole numbers are exact within 64 bits. What is no number is refused, and
    stays as it is.`,
  arguments: [
    { name: "KEY", about: "the key" },
    {
      name: "AMOUNT",
      about: "what to add; may be negative, or have a fraction (default: 1)",
      optional: true,
    },
  ],
  options: {},
  remote: true,
  examples: ["stowage incr hits", "stowage incr stock -1", "stowage incr price 0.5"],
  async run({ args, options, terminal, client }) {
    const key = checkedKey(args[0]);
    const amount = args[1] ?? "1";
    if (!number.test(amount))
      throw usage(`AMOUNT must be a number such as 5, -1 or 0.5, not ${JSON.stringify(amount)}`);
    const { body } = await client().expect({
      method: "POST",
      path: "/cache/incr",
      headers: { "content-type": "application/json" },
      // As it was written: a number of JavaScript would lose digits.
      body: `{"key":${JSON.stringify(key)},"amount":${amount}}`,
    });
    const sum = /"value":\s*([^\s}]+)/.exec(body.toString("utf8"))?.[1] ?? "";
    await terminal.line(options.json ? `{"key":${JSON.stringify(key)},"value":${sum}}` : sum);
    return "done";
  },
});
