/** The options of `TableStore`, each declared once. */
import { checked } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { SharedTable } from "../../table/table.js";

/** What `new TableStore(options)` takes. */
export interface TableStoreOptions {
  /** The table, created or attached by this thread. It stays open when the store is closed. */
  table: SharedTable;
  /** Before all keys, where others write to the table as well. Default: none. */
  prefix?: string;
}

export const tableStoreOptions = declareOptions({
  table: option<SharedTable, undefined>({
    type: checked("a SharedTable", (value) => value instanceof SharedTable),
    default: undefined,
    defaultText: "none: it has to be given",
    meaning: "created or attached by this thread; it stays open when the store is closed",
  }),
  prefix: option({
    type: checked<string>("a text", (value) => typeof value === "string"),
    default: "",
    defaultText: "none",
    meaning: "before all keys, where others write to the table as well",
  }),
} satisfies Declares<TableStoreOptions>);
