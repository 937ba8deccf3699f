/** What is stored: a record such as an application caches, of some 100 bytes as JSON. */
export interface Item {
  id: number;
  name: string;
  email: string;
  roles: string[];
}

export function keyOf(item: number): string {
  return `user:${String(item).padStart(6, "0")}`;
}

export function itemOf(item: number): Item {
  return {
    id: item,
    name: `User number ${item}`,
    email: `user.${item}@example.com`,
    roles: ["reader", "editor"],
  };
}

/** The loader of rows in which everything is there. */
export function loadedOf(item: number): Item {
  throw new Error(`sanity check failed: item ${item} was stored, and is loaded nevertheless`);
}

/** Whether what came back is what was stored. */
export function isItem(found: unknown, item: number): boolean {
  return typeof found === "object" && found !== null && (found as Item).id === item;
}
