/** stowage set: stores a value. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { bytesType, jsonType, putRequest, textType } from "../../client/index.js";
import { duration, list, text } from "../../config/kinds.js";
import { type Call, command, option, toggle } from "../command.js";
import { usage } from "../failure.js";
import { checkedKey, shownKey } from "../keys.js";
import { lifetime, valueType } from "../kinds.js";
import { size } from "../terminal/numbers.js";

const types: Readonly<Record<string, string>> = { json: jsonType, text: textType, bytes: bytesType };

const options = {
  file: option(text("FILE"), "take the value from a file", null),
  as: option(valueType, "what the value is; default: found out", null),
  ttl: option(lifetime, "how long it lives; default: as the server is set", null),
  grace: option(duration(), "how much longer it is kept for others while one loads it anew", null),
  tags: option(list("TAG,..."), "what it can be invalidated by", null),
  "if-absent": toggle("only if there is no such entry"),
  "if-match": option(text("ETAG"), "only if the entry still has this ETag", null),
} as const;

export const set = command({
  name: "set",
  about: "store a value",
  details: `The value is the argument, a file (--file), or what stands on the standard input.

    What is JSON is stored as JSON, which clients of Lix Cache's API read as such; other UTF-8 as text, everything else
    as bytes. --as says it explicitly: with "--as text", 42 is a text and no number. A value that is said to be JSON and
    is none is refused.`,
  arguments: [
    { name: "KEY", about: "the key" },
    { name: "VALUE", about: "the value; - or nothing: the standard input", optional: true },
  ],
  options,
  remote: true,
  examples: [
    "stowage set greeting Hello",
    `stowage set user:1 '{"name":"Ada"}' --ttl 5m --tags users`,
    "stowage set photo:1 --file photo.png --as image/png",
    "date | stowage set now",
  ],
  async run(call) {
    const { args, terminal, client } = call;
    const { as, ttl, grace, tags, json } = call.options;
    const key = checkedKey(args[0]);
    const value = await valueIn(call);
    const type = as === null ? typeOf(value) : (types[as] ?? as);
    const request = putRequest(key, value, type, {
      ...(ttl !== null && { ttlMs: ttl === "none" ? null : ttl }),
      ...(grace !== null && { graceMs: grace }),
      ...(tags !== null && { tags }),
      headers: conditionsOf(call),
    });
    const { status, headers } = await client().expect(request, 412);
    const isStored = status !== 412;
    if (json) await terminal.line(JSON.stringify({ key, stored: isStored, etag: headers.etag ?? null }));
    else if (isStored) terminal.say(`stored ${shownKey(key)}: ${size(value.length)} of ${type}`);
    else
      terminal.say(
        `not stored: ${headers.etag === undefined ? "there is no entry" : `the entry is ${headers.etag}`}`,
      );
    return isStored ? "done" : "absent";
  },
});

type SetCall = Call<typeof options>;

async function valueIn({ args: [, given], options: { file }, terminal }: SetCall): Promise<Buffer> {
  if (given !== undefined && file !== null)
    throw usage("VALUE and --file are both there; the value is one of them");
  if (file !== null) return readFile(file);
  if (given !== undefined && given !== "-") return Buffer.from(given);
  if (terminal.io.stdin.isTTY === true && given === undefined)
    throw usage('the value is missing: give it as "stowage set KEY VALUE", with --file, or through a pipe');
  return terminal.input();
}

function typeOf(value: Buffer): string {
  if (!isUtf8(value)) return bytesType;
  try {
    JSON.parse(value.toString("utf8"));
    return jsonType;
  } catch {
    return textType;
  }
}

function conditionsOf({ options }: SetCall): Record<string, string> {
  const etag = options["if-match"];
  if (options["if-absent"] && etag !== null)
    throw usage("--if-absent and --if-match cannot both hold; give one");
  if (options["if-absent"]) return { "if-none-match": "*" };
  if (etag === null) return {};
  // Shells take quotes away.
  return { "if-match": etag === "*" || etag.endsWith('"') ? etag : `"${etag}"` };
}
