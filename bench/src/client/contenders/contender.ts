/**
 * What the benchmark asks of a client: values are objects, as an application has them, so clients of Redis parse and print
 * JSON like the others. Each contender's file says how its library does it.
 */
import type { Verb } from "../rows.js";

/** One call for one item; what it gives is checked where it reads. */
export type Operation = (item: number) => unknown;

export interface Connected {
  /** undefined: it cannot do that. */
  operation(verb: Verb): Operation | undefined;
  /** Stores all items, and waits until they are there. */
  fill(items: number): Promise<void>;
  close(): unknown;
}

export interface Contender {
  connect(port: number): Connected | Promise<Connected>;
}
