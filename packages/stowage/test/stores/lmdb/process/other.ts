/** Starts `program.ts` as a process of its own. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { outputFolder } from "../../../../../../scripts/build/output-folder.js";
import type { Asked } from "./program.js";

let program: Promise<string> | undefined;

/** lmdb stays outside: it is native, and found from the folder of the tests. */
async function bundle(): Promise<string> {
  const folder = outputFolder("stowage-lmdb-process-");
  const outfile = `${folder}/program.mjs`;
  const lmdb = import.meta.resolve("lmdb");
  await build({
    entryPoints: [fileURLToPath(new URL("./program.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [
      {
        name: "lmdb",
        setup: ({ onResolve }) =>
          void onResolve({ filter: /^lmdb$/ }, () => ({ path: lmdb, external: true })),
      },
    ],
  });
  return outfile;
}

export class OtherProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(path: string, task: "answer" | "write", name = "a"): Promise<OtherProcess> {
    program ??= bundle();
    const child = fork(await program, [path, task, name], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", (code, signal) => reject(new Error(`it ended by itself: ${code ?? signal}`)));
    });
    return new OtherProcess(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ask(asked: Asked): Promise<unknown> {
    const answered = new Promise((resolve) => this.#child.once("message", resolve));
    this.#child.send(asked);
    return ((await answered) as { answer: unknown }).answer;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }
}
