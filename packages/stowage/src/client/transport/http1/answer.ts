/** An answer as it is handed out. Its field lines stay one text until one of them is asked for. */
import type { TransportResponse } from "../transport.js";

export class Fields {
  readonly #lines: string;

  /** @param lines checked already: `name: value` CR LF, and so on */
  constructor(lines: string) {
    this.#lines = lines;
  }

  /** Of several with the same name, all of them with commas between, as `fetch` does. */
  get(name: string): string | undefined {
    let found: string | undefined;
    for (const line of this.#lines.split("\r\n")) {
      const colon = line.indexOf(":");
      if (colon !== name.length || line.slice(0, colon).toLowerCase() !== name) continue;
      const value = line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, "");
      found = found === undefined ? value : `${found}, ${value}`;
    }
    return found;
  }
}

export class Answer implements TransportResponse {
  readonly status: number;
  readonly text: string;
  readonly #fields: Fields;

  constructor(status: number, fields: Fields, text: string) {
    this.status = status;
    this.text = text;
    this.#fields = fields;
  }

  header(name: string): string | undefined {
    return this.#fields.get(name);
  }
}
