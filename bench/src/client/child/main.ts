/**
 * The child process: one contender, one row. Its job comes as JSON in the first argument; its answer is the last line of its
 * output.
 */
import { readSequence } from "../../harness/sequences.js";
import type { Job, JobAnswer } from "../../harness/types.js";
import { type ContenderName, contenders } from "../contenders/index.js";
import { type RowName, rows } from "../rows.js";
import type { Settings } from "../settings.js";
import { measure } from "./measurement.js";

async function measured({ contender: name, row, settings, sequences, port }: Job<Settings>) {
  const { contender } = await contenders[name as ContenderName].load();
  const connected = await contender.connect(port ?? 0);
  const outcome = await measure(connected, rows[row as RowName], settings, readSequence(sequences.keys));
  await connected.close();
  return outcome;
}

const outcome = await measured(JSON.parse(process.argv[2]) as Job<Settings>);
const answer: JobAnswer = { outcome };
process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => process.exit(0));
