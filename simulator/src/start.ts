/** `npm start`: see demonstration.ts. Takes some ten seconds, most of them to measure time. */
import { demonstrate } from "./demonstration.js";
import { writeOut } from "./report/output.js";
import { paintFor } from "./report/paint.js";

await demonstrate({ secondsEach: 4, paint: paintFor(process.stdout, process.env), print: writeOut });
