/** Why a flight does not load: its source was found failing not long ago. Not seen outside of this room. */
export class Paused extends Error {
  override readonly name = "Paused";
  /** What it failed with, where that was in this process. */
  readonly failure: { readonly error: unknown } | undefined;

  constructor(failure?: { readonly error: unknown }) {
    super("its source failed not long ago");
    this.failure = failure;
  }
}
