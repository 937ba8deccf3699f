import { breaking } from "./breaking.js";
import { calls } from "./calls.js";
import { retries } from "./retries.js";

export const scenes: Record<string, () => Promise<void>> = { ...calls, ...retries, ...breaking };
