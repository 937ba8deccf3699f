/** The operations in Lix Cache's API, which Stowage and the server over node:http speak. */
import { type Exchange, http, type Operation, times } from "../exchanges.js";
import { anyNumber, jsonOf, keyOf, nextKey } from "../items.js";

const done = '{"success":true}';

export function lixExchange(operation: Operation): Exchange {
  switch (operation.verb) {
    case "get": {
      const { family } = operation;
      const value = jsonOf(family, nextKey);
      return found(`/cache/get?key=${keyOf(family)}`, `{"value":${value}}`);
    }
    case "miss":
      return {
        request: http("GET", `/cache/get?key=${keyOf("none")}`),
        answer: '{"error":"not found"}',
        status: 404,
      };
    case "set": {
      const { family } = operation;
      return posted("set", `{"key":"${keyOf(family)}","value":${jsonOf(family)}}`, done);
    }
    case "incr":
      return posted("incr", `{"key":"${keyOf("counter")}"}`, `{"value":${anyNumber}}`);
    case "batch": {
      const one = `{"op":"get","key":"${keyOf("small")}"}`;
      const result = `{"op":"get","key":"${keyOf("small")}","value":${jsonOf("small")},"found":true}`;
      return posted(
        "batch",
        `{"operations":[${times(operation.keys, one)}]}`,
        `{"results":[${times(operation.keys, result)}]}`,
      );
    }
  }
}

const found = (target: string, answer: string): Exchange => ({
  request: http("GET", target),
  answer,
  status: 200,
});

const posted = (route: string, content: string, answer: string): Exchange => ({
  request: http("POST", `/cache/${route}`, content),
  answer,
  status: 200,
});
