/** What is stored: a record such as an application caches, of some 100 bytes as JSON, which knows its key. */
export interface Item {
  id: number;
  key: string;
  name: string;
  roles: string[];
}

export function keyOf(item: number): string {
  return `user:${String(item).padStart(6, "0")}`;
}

export function itemOf(id: number, key = keyOf(id), name = `User number ${id}`): Item {
  return { id, key, name, roles: ["reader", "editor"] };
}

/** Whether what came back is what was stored. */
export function isItem(found: unknown, item: number): boolean {
  return typeof found === "object" && found !== null && (found as Item).id === item;
}
