/** Tiers that go wrong only when calls overtake each other, and the settings that have to find it. */
import type { SceneMutant } from "../../support/scenes.js";

function mutant(
  foundBy: string,
  file: string,
  name: string,
  find: string | RegExp,
  replace = "",
): SceneMutant {
  return { name, foundBy, edit: { file: `tiered/${file}.ts`, find, replace } };
}

const WELL = "nothing goes wrong";
const L2_FAILS = "L2 fails";
const BUS_FAILS = "the bus fails";

export const mutants: readonly SceneMutant[] = [
  mutant(
    WELL,
    "l1/writing",
    "puts values into L1 past its claims",
    "claims[index]?.store(value, { ttl: nearMs, tags }, s.how, 0)",
    "s.near.set(key, value, { ttl: nearMs, tags })",
  ),
  mutant(
    WELL,
    "l1/writing",
    "leaves reads alone that began while it was written",
    "  for (const key of keys) if (!kept.has(key)) s.near.delete(key);\n",
  ),
  mutant(
    WELL,
    "verbs/read",
    "joins a read that is void",
    "return pending === undefined || pending.isVoid() ? undefined : pending.value;",
    "return pending?.value;",
  ),
  mutant(
    WELL,
    "verbs/invalidate",
    "leaves reads alone that began meanwhile",
    "    if (!s.hub.isClosed) drop();\n",
  ),
  mutant(WELL, "l1/drops", "drops keys and tells no load of it", "  s.flights.written(keys);\n"),
  mutant(
    L2_FAILS,
    "l1/writing",
    "owes nothing for a write that failed",
    /s\.hub\.l2\?\.debts\.oweKeys\([\s\S]*?\);/,
  ),
  mutant(
    L2_FAILS,
    "verbs/invalidate",
    "owes nothing for an invalidation that failed",
    "    l2?.debts.oweMarks(marks);\n",
  ),
  mutant(
    BUS_FAILS,
    "l1/coherence",
    "keeps L1 after messages were missed",
    /this\.#dropAll\(\);\n(?= {4}this\.#hub\.emit)/,
  ),
];
