/**
 * The child process: one contender, one row. Its job comes as JSON in the first argument; its answer is the last line of its
 * output.
 */
import { Redis } from "ioredis";
import { readSequence } from "../../harness/sequences.js";
import type { Job, JobAnswer, Outcome } from "../../harness/types.js";
import { type ContenderName, contenders } from "../contenders/index.js";
import type { RowName } from "../rows.js";
import type { Settings } from "../settings.js";
import { measures } from "./measures.js";

async function measured({
  contender: name,
  row,
  settings,
  sequences,
  port = 0,
}: Job<Settings>): Promise<Outcome | null> {
  const { contender } = await contenders[name as ContenderName].load();
  const redis = new Redis({ host: "127.0.0.1", port });
  await redis.flushall();
  const items = readSequence(sequences.keys);
  return measures[row as RowName]({ contender, settings, items, port, redis });
}

const outcome = await measured(JSON.parse(process.argv[2]) as Job<Settings>);
const answer: JobAnswer = { outcome };
process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => process.exit(0));
