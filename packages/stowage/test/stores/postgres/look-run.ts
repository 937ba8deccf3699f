/** The suites over store and bus of the same bundle: mutants.test.ts builds it from edited sources. pg and PGlite stay outside. */

import type { PgPool } from "../../../src/stores/postgres/index.js";
import { PostgresBus } from "../../../src/stores/postgres/index.js";
import { lookAtBus, lookAtStore } from "../look.js";
import { postgresSubject, type SubjectOptions } from "./subject.js";

export const lookBy = (given: SubjectOptions) => lookAtStore(postgresSubject("one", () => given));

export const lookAtBusBy = (client: PgPool) =>
  lookAtBus({
    name: "one",
    textBytesMax: Number.POSITIVE_INFINITY,
    sharing: true,
    open: () => ({
      bus: new PostgresBus({ client }),
      another: () => new PostgresBus({ client }),
    }),
  });
