/** What a client did wrong, or cannot have: an answer that is thrown. */
import type { Fields } from "stowage-http1";

/** Answered as `{"error": text, "code": code, ...more}`. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly status: number;
  /** Stable, for programs. Empty, and then left out: where Lix's own text is all that may stand in the answer. */
  readonly code: string;
  readonly more: Readonly<Record<string, unknown>>;
  readonly fields: Fields;

  /**
   * @param text names what was wrong and says what would be right
   * @example throw new Fault(400, "invalid_key", "key must be a string, not a number");
   */
  constructor(
    status: number,
    code: string,
    text: string,
    { more = {}, fields = {} }: { more?: Readonly<Record<string, unknown>>; fields?: Fields } = {},
  ) {
    super(text);
    this.status = status;
    this.code = code;
    this.more = more;
    this.fields = fields;
  }

  /** The JSON text of the answer. */
  get body(): string {
    const code = this.code === "" ? {} : { code: this.code };
    return JSON.stringify({ error: this.message, ...code, ...this.more });
  }
}
