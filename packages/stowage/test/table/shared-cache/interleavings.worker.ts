/** The interleavings in a thread of its own, so that they can run on a broken table. */
import { serve } from "../support/worker-side.js";
import { holdsInAny } from "./interleavings.js";

serve({ interleave: (_scene, { runs, seed }: { runs: number; seed: number }) => holdsInAny(runs, seed) });
