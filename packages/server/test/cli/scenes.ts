/** What scripts build on, as functions that say what does not hold: so that they can be run on programs that are broken on purpose. */
import { brokenPipe, cli, type Ran, serve } from "./support.js";

const problem = (holds: boolean, text: string): string[] => (holds ? [] : [text]);

export async function exitCodes(): Promise<string[]> {
  await using served = await serve();
  const codeOf = async (...argv: string[]) => (await served.run(argv)).code;
  return [
    ...problem((await codeOf("get", "absent")) === 1, "get of what is absent"),
    ...problem((await codeOf("del", "absent")) === 1, "del of what is absent"),
    ...problem((await codeOf("gte", "x")) === 2, "a command that is none"),
    ...problem((await codeOf("get", "x", "--frob")) === 2, "an option that is none"),
    ...problem((await codeOf("ping", "--url", "http://127.0.0.1:1")) === 3, "a server that is not there"),
    ...problem((await codeOf("set", "x", "{", "--as", "json")) === 5, "JSON that is none"),
    ...problem((await codeOf("load", "/nowhere")) === 7, "a file that is not there"),
  ];
}

export async function pipes(): Promise<string[]> {
  await using served = await serve();
  for (let i = 0; i < 500; i++) served.server.table.set(`k${i}`, "1");
  const broken = await served.run(["scan", "--page", "10"], { onOut: brokenPipe });
  await served.run(["set", "bytes"], { input: Uint8Array.of(255, 0, 10) });
  const { bytes } = await served.run(["get", "bytes"]);
  return [
    ...problem(broken.code === 0 && broken.err === "", "a reader that leaves is a failure"),
    ...problem(bytes.equals(Uint8Array.of(255, 0, 10)), "bytes are not what they were"),
  ];
}

export async function digits(): Promise<string[]> {
  await using served = await serve();
  const line = '{"key":"n","value":12345678901234567890.10}';
  await served.run(["load"], { input: line });
  await served.run(["incr", "c", "9007199254740993"]);
  return [
    ...problem((await served.run(["get", "n", "--json"])).out === `${line}\n`, "digits of a dump"),
    ...problem((await served.run(["get", "c"])).out === "9007199254740993", "digits of a counter"),
  ];
}

export async function care(): Promise<string[]> {
  await using served = await serve();
  served.server.table.set("a", "1");
  const unasked = await served.run(["clear"]);
  const denied = await served.run(["clear"], { tty: true, input: "\n" });
  const secret = "secret-0123456789abcdef";
  const said: Ran[] = [
    await cli(["get", "a", "--url", "http://127.0.0.1:1", "--token", secret]),
    await cli(["get", "--token", secret, "a", "b"]),
  ];
  return [
    ...problem(
      unasked.code === 2 && denied.code === 1 && served.server.table.size() === 1,
      "it clears unasked",
    ),
    ...problem(
      said.every(({ err, out }) => !(err + out).includes(secret)),
      "it shows a token",
    ),
    ...problem(
      said.every(({ err }) => /--token is visible/.test(err) || /too many/.test(err)),
      "no warning",
    ),
  ];
}
