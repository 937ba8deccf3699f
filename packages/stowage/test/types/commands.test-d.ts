/** Types of commands and invoke. Checked by `npm run check:types`, never run. */
import { Cache, type Commands } from "stowage";
import { expectTypeOf } from "vitest";

// Declared with the cache, with its types given.
const commands = {
  last: { type: "read", execute: (list: number[] | undefined) => list?.at(-1) },
  at: { type: "read", execute: (list: number[] | undefined, index: number) => list?.[index] },
  sum: { type: "read", execute: (list: number[] = [], ...more: number[]) => list.length + more.length },
  lpop: { type: "write", execute: (list: number[] | undefined) => [list?.[0], list?.slice(1)] },
  push: {
    type: "write",
    execute: (list: number[] = [], item: number, twice?: boolean) => [`${twice}`, [...list, item]],
  },
} satisfies Commands<number[]>;
const lists = new Cache<string, number[], typeof commands>({ commands });

expectTypeOf(lists.invoke("last", "a")).toEqualTypeOf<number | undefined>();
expectTypeOf(lists.invoke("at", "a", 2)).toEqualTypeOf<number | undefined>();
expectTypeOf(lists.invoke("sum", "a", 1, 2, 3)).toEqualTypeOf<number>();
expectTypeOf(lists.invoke("push", "a", 1)).toEqualTypeOf<string>();
expectTypeOf(lists.invoke("push", "a", 1, true)).toEqualTypeOf<string>();

// @ts-expect-error an argument is missing
lists.invoke("at", "a");
// @ts-expect-error an argument too many
lists.invoke("last", "a", 1);
// @ts-expect-error an argument of another type
lists.invoke("at", "a", "2");
// @ts-expect-error no such command
lists.invoke("first", "a");
// @ts-expect-error a key of another type
lists.invoke("last", 1);

// Declared wrongly.
// @ts-expect-error neither read nor write
new Cache<string, number>({ commands: { odd: { type: "modify", execute: () => 1 } } });
// @ts-expect-error a write command gives [returned, stored]
new Cache<string, number>({ commands: { bad: { type: "write", execute: () => 5 } } });
// @ts-expect-error what is stored is of another type
new Cache<string, number>({ commands: { bad: { type: "write", execute: () => [1, "one"] } } });
// @ts-expect-error no execute
new Cache<string, number>({ commands: { bad: { type: "read" } } });

// A cache without commands has none to invoke by any certain type, and one with them goes where any cache does.
const plain: Cache<string, number[]> = new Cache<string, number[]>();
expectTypeOf(plain.invoke("last", "a")).toEqualTypeOf<unknown>();
declare function anything(cache: Cache<string, number[]>): void;
anything(lists);
