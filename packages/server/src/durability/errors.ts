/** Why a data directory cannot be used: found out at boot, before the port is opened. */

/**
 * - in_use: another server works with the directory
 * - unusable: it cannot be made or written to
 * - unreadable: the snapshot in it cannot be read, for a reason that lies outside of the file, such as permissions
 */
export type StoreErrorCode = "in_use" | "unusable" | "unreadable";

export class StoreError extends Error {
  override readonly name = "StoreError";

  constructor(
    readonly code: StoreErrorCode,
    /** What was wrong, and what would be right. */
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
