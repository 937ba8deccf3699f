/** Why the server did not start. */

/** The address cannot be listened on; `code` is the system's (`EADDRINUSE`, `EACCES`). */
export class ListenError extends Error {
  override readonly name = "ListenError";

  constructor(
    readonly code: string,
    /** What was wrong, and what would be right. */
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The certificate or its key cannot be used. */
export class TlsError extends Error {
  override readonly name = "TlsError";
  readonly code = "tls";
}

/** The first workers did not come up. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly code = "start";
}
