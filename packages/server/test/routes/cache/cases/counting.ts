/** Numbers of all kinds, and what is none. */
import { type Case, get, gone, one, refused, set, sum } from "./steps.js";

export const counting: Case[] = [
  one(
    "an absent counter starts at 0",
    sum("incr", '{"key":"n"}', "1"),
    sum("decr", '{"key":"m"}', "-1"),
    get("n", "1"),
  ),
  one(
    "amounts",
    sum("incr", '{"key":"n","amount":5}', "5"),
    sum("decr", '{"key":"n","amount":2}', "3"),
    sum("incr", '{"key":"n","amount":-4}', "-1"),
    sum("decr", '{"key":"n","amount":-1}', "0"),
    sum("incr", '{"key":"n","amount":0}', "0"),
  ),
  one(
    "floats are numbers",
    set('{"key":"n","value":10}'),
    sum("incr", '{"key":"n","amount":1.5}', "11.5"),
    sum("decr", '{"key":"n","amount":0.5}', "11"),
    get("n", "11"),
  ),
  one("a float that was stored", set('{"key":"n","value":1.25}'), sum("incr", '{"key":"n"}', "2.25")),
  one(
    "beyond what doubles hold",
    set('{"key":"n","value":9007199254740993}'),
    sum("incr", '{"key":"n"}', "9007199254740994"),
    sum("incr", '{"key":"n","amount":9007199254740993}', "18014398509481987"),
    get("n", "18014398509481987"),
  ),
  one(
    "the largest",
    set('{"key":"n","value":9223372036854775806}'),
    sum("incr", '{"key":"n"}', "9223372036854775807"),
    refused("incr", '{"key":"n"}', /64-bit/),
    get("n", "9223372036854775807"),
    sum("decr", '{"key":"n"}', "9223372036854775806"),
  ),
  one(
    "the smallest",
    sum("decr", '{"key":"n","amount":9223372036854775807}', "-9223372036854775807"),
    sum("decr", '{"key":"n"}', "-9223372036854775808"),
    refused("decr", '{"key":"n"}', /64-bit/),
  ),
  one(
    "an amount beyond 64 bits",
    refused("incr", '{"key":"n","amount":9223372036854775808}', /amount must be within the range of 64-bit/),
    gone("n"),
  ),
  one(
    "an amount beyond doubles",
    refused("incr", '{"key":"n","amount":1e400}', /amount must be a number below/),
    gone("n"),
  ),
  ...['"1"', "true", "null", "[]", "{}"].map((amount) =>
    one(
      `amount ${amount} is refused`,
      refused("incr", `{"key":"n","amount":${amount}}`, /amount must be a number, not/),
      gone("n"),
    ),
  ),
  ...['"5"', "[5]", '{"n":5}', "null", "true", '"x"'].map((value) =>
    one(
      `incr of ${value}`,
      set(`{"key":"n","value":${value}}`),
      refused("incr", '{"key":"n"}', /^\{"error":"non_numeric_value","message":"[^"]+"\}$/),
      get("n", value),
    ),
  ),
  one(
    "counter verbs want a key",
    refused("incr", "{}", /key is missing/),
    refused("decr", '{"key":1}', /key must be a string, not a number/),
  ),
];
