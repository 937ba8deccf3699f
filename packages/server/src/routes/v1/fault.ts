/** Faults of requests to /v1: each names the field or header that is wrong, and says what would be right. */
import { Fault } from "../../http/fault.js";

export function badHeader(name: string, expected: string, received: string): Fault {
  return new Fault(400, "invalid_header", `${name} must be ${expected}, not ${shown(received)}`, {
    more: { header: name },
  });
}

export function badField(name: string, expected: string, received: unknown): Fault {
  const what = typeof received === "string" ? shown(received) : kindOf(received);
  return new Fault(400, "invalid_body", `${name} must be ${expected}, not ${what}`, {
    more: { field: name },
  });
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : String(value);
}

const SHOWN_MAX = 64;

function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text);
}
