/** What a store says of itself, and that it is so. */
import { identical, ok, same } from "../check.js";
import { storeGroup } from "./group.js";

export const abilities = storeGroup("abilities", [], (test) => {
  test("are what the subject says", ({ store }, subject) => {
    same({ ...store.abilities }, { ...subject.abilities });
  });

  test("name it, and its limits", ({ store }) => {
    ok(store.abilities.name !== "", "a store needs a name");
    for (const limit of ["keyBytesMax", "valueBytesMax"] as const)
      ok(store.abilities[limit] > 0, `${limit} has to be above 0`);
  });

  test("tell which verbs are there", ({ store }) => {
    const { leases, counters, scans } = store.abilities;
    const told = { lease: leases, fill: leases, release: leases, incr: counters, scan: scans };
    for (const [verb, isThere] of Object.entries(told))
      identical(typeof store[verb as keyof typeof told] === "function", isThere, verb);
  });
});
