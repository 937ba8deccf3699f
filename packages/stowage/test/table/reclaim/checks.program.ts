/** One check over one build of the table: ends with 0 if it found nothing, with 3 if it found the table wrong. */
import { type CheckName, checks } from "./checks.js";

const FOUND = 3;

try {
  checks[process.argv[2] as CheckName]();
  process.exit(0);
} catch (error) {
  console.error(String((error as Error).stack).slice(0, 2_000));
  process.exit(FOUND);
}
