/**
 * The child process: one contender, one row. Its job comes as JSON in the first argument; its answer is the last
 * line of its output. It ends by itself, whatever timers the library left.
 */
import { readSequence } from "../../harness/sequences.js";
import type { Job, JobAnswer } from "../../harness/types.js";
import { type ContenderName, contenders } from "../contenders/index.js";
import { type RowName, rows } from "../rows.js";
import type { SequenceSize, Settings } from "../settings.js";

const job = JSON.parse(process.argv[2]) as Job<Settings>;
const sequence = (size: SequenceSize) => readSequence(job.sequences[size]);

const { contender } = await contenders[job.contender as ContenderName].load();
const outcome = await rows[job.row as RowName].measure({ contender, settings: job.settings, sequence });
const answer: JobAnswer = { outcome: outcome ?? null };
process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => process.exit(0));
