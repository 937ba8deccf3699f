/** Tells a fault of the cache from one of a loader, whose errors are passed on as they are. Not seen outside of loading. */
export class CacheFault extends Error {
  constructor(override readonly cause: unknown) {
    super("the cache failed", { cause });
  }
}

/** The error as its user should see it. */
export function causeOf(error: unknown): unknown {
  return error instanceof CacheFault ? error.cause : error;
}
