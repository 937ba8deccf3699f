/**
 * The user's functions that are not waited for may be asynchronous all the same: what they return is watched, so that a
 * rejection is reported like an error that is thrown, and no process ends for it.
 */
export function catchLate(returned: unknown, report: (error: unknown) => void): void {
  if (typeof returned !== "object" || returned === null || !("then" in returned)) return;
  Promise.resolve(returned).catch(report);
}
