/**
 * The child process: one contender, one row. Its job comes as JSON in the first argument; its answer is the last
 * line of its output. It ends by itself, whatever timers the library left.
 */
import { readFileSync } from "node:fs";
import { contenders } from "../contenders/index.js";
import type { Job, JobAnswer } from "../job.js";
import { rows } from "../rows.js";
import type { SequenceSize } from "../settings.js";

const job = JSON.parse(process.argv[2]) as Job;

function sequence(size: SequenceSize): Uint32Array {
  const bytes = readFileSync(job.sequences[size]);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Uint32Array.BYTES_PER_ELEMENT);
}

const { contender } = await contenders[job.contender].load();
const outcome = await rows[job.row].measure({ contender, settings: job.settings, sequence });
const answer: JobAnswer = { outcome: outcome ?? null };
process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => process.exit(0));
