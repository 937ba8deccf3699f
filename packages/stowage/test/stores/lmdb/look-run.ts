/** The suite over the store of the same bundle: mutants.test.ts builds it from edited sources. lmdb itself stays outside. */
import type { RootDatabase } from "lmdb";
import { lookAtStore } from "../look.js";
import { lmdbSubject } from "./subject.js";

export const lookBy = (database: RootDatabase) => lookAtStore(lmdbSubject(() => database));
