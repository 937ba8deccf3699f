/** What can be asked of a server, and the shape in which a contender says how it is asked. */
import { digits, type Family, nextKey, sameKey } from "./items.js";

/** One request and the answer wanted, with open places for keys (items.ts). */
export interface Exchange {
  request: string;
  /** Of HTTP the content, of others all of it. */
  answer: string;
  /** HTTP's. */
  status?: number;
}

export type Operation =
  | { verb: "get" | "set"; family: Family }
  | { verb: "miss" }
  | { verb: "incr" }
  | { verb: "batch"; keys: number };

export const get = (family: Family): Operation => ({ verb: "get", family });
export const set = (family: Family): Operation => ({ verb: "set", family });

/** A request of HTTP/1.1 with as few fields as a client can do with. */
export function http(method: string, target: string, content?: string): string {
  const head = `${method} ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\n`;
  if (content === undefined) return `${head}\r\n`;
  const length = openBytes(content);
  return `${head}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${content}`;
}

/** How long it is when the numbers stand in it. */
export function openBytes(text: string): number {
  const places = [...text].filter((character) => character === nextKey || character === sameKey).length;
  return text.length + places * (digits - 1);
}

/** A bulk string of Redis's protocol. */
export function bulk(text: string): string {
  return `$${openBytes(text)}\r\n${text}\r\n`;
}

export function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map(bulk).join("")}`;
}

export function times(count: number, text: string): string[] {
  return Array.from({ length: count }, () => text);
}
