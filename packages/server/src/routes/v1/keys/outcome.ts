/** How writes of /v1/keys end. */
import type { Exchange } from "../../../http/exchange.js";
import { Fault } from "../../../http/fault.js";
import { etagOf } from "./etag.js";

/** @param version of what is there; 0: nothing */
export function preconditionFailed(version: number): Fault {
  const what = version === 0 ? "there is no entry" : `the entry is ${etagOf(version)}`;
  const fields: Record<string, string> = version === 0 ? {} : { etag: etagOf(version) };
  return new Fault(412, "precondition_failed", `a condition of the request does not hold: ${what}`, {
    fields,
  });
}

/** 201 for a new entry, 204 for one that took another's place. */
export function stored(exchange: Exchange, version: number, isNew: boolean): void {
  const etag = etagOf(version);
  if (isNew) exchange.empty(201, { etag, "content-length": 0 });
  else exchange.empty(204, { etag });
}
