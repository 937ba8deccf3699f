/**
 * The child process: one contender, one row. Its job comes as JSON in the first argument; its answer is the last line
 * of its output. The rows with threads run this program in their threads, too.
 */
import { isMainThread } from "node:worker_threads";
import { readSequence } from "../../harness/sequences.js";
import type { Job, JobAnswer } from "../../harness/types.js";
import { type ContenderName, contenders } from "../contenders/index.js";
import { type RowName, rows } from "../rows.js";
import type { Settings, Size } from "../settings.js";
import { serveThread } from "./thread.js";

async function answerJob(): Promise<void> {
  const job = JSON.parse(process.argv[2]) as Job<Settings>;
  const sequence = (size: Size) => readSequence(job.sequences[size]);
  const { contender } = await contenders[job.contender as ContenderName].load();
  const { measure } = rows[job.row as RowName];
  const outcome = await measure({ contender, job, settings: job.settings, sequence });
  const answer: JobAnswer = { outcome: outcome ?? null };
  process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => process.exit(0));
}

await (isMainThread ? answerJob() : serveThread());
