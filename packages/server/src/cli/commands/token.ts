/** stowage token: makes a token, and its entry for the tokens file. */
import { createHash, randomBytes } from "node:crypto";
import { list, oneOf, text, whole } from "../../config/kinds.js";
import { command, option } from "../command.js";
import { usage } from "../failure.js";

/** 256 bits: nobody guesses it, and its hash needs no salt. */
const bytes = 32;

export const token = command({
  name: "token",
  about: "make a token, and its entry for the tokens file",
  details: `The token is for the client, the entry for the server: it stands in the list "tokens" of the file that
    --tokens-file names. The server keeps its hash alone, so nobody can find the token again. Nothing is sent anywhere.`,
  arguments: [],
  options: {
    name: option(text("NAME"), "who has it, for logs; letters, digits, and any of . _ -", null),
    scope: option(oneOf("read", "write", "admin"), "what it may do", "read"),
    prefixes: option(list("PREFIX,..."), "only keys that begin with one of them", null),
    rate: option(whole(1, 10_000_000), "requests a second; default: the setting rate-limit", null),
  },
  remote: false,
  examples: ["stowage token --name web --scope write --prefixes web:,session:"],
  async run({ options: { name, scope, prefixes, rate, json }, terminal }) {
    if (name === null) throw usage("--name is missing: who has the token");
    if (!/^[\w.-]{1,64}$/.test(name))
      throw usage("--name must be 1 to 64 letters, digits, dots, hyphens or underscores");
    const made = `stw_${randomBytes(bytes).toString("base64url")}`;
    const sha256 = createHash("sha256").update(made).digest("hex");
    const entry = {
      name,
      sha256,
      scope,
      ...(prefixes !== null && { prefixes }),
      ...(rate !== null && { rate }),
    };
    if (json) await terminal.line(JSON.stringify({ token: made, entry }));
    else await terminal.line(`token:  ${terminal.paint.bold(made)}\nentry:  ${JSON.stringify(entry)}`);
    return "done";
  },
});
