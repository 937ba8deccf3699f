/** The options of `ServerStore`, each declared once. */
import { formatBytes, parseBytes } from "../../base/byte-size.js";
import { checked, nonEmptyText, type OptionType, refused } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { Client } from "../../client/client.js";

/** A number of bytes, or a text such as `"5mb"`; powers of 1024. */
export type ByteSize = number | `${number}${"b" | "kb" | "mb" | "gb"}`;

/** What `new ServerStore(options)` takes. */
export interface ServerStoreOptions {
  /** Of one server or of many. It stays open when the store is closed. */
  client: Client;
  /** Before all keys, so that they are not those of others. Default `"stowage:"`. */
  prefix?: string;
  /**
   * The longest value. It travels as base64, which is a third longer, and has to fit into the server's `--max-body`
   * (8,000,000 bytes if it was not told otherwise). Default `"5mb"`.
   */
  maxValueSize?: ByteSize;
}

const MIB = 1_024 * 1_024;
const VALUE_BYTES_MAX = 5 * MIB;
/** What the server can be told to take as a body, 1 GiB, less a quarter for base64. */
const SIZE_MAX = 768 * MIB;

const byteSize: OptionType<number> = {
  text: `a number of bytes from 1 to ${formatBytes(SIZE_MAX)}, such as 1048576 or "5mb"`,
  parse(value) {
    const bytes = typeof value === "string" ? parseBytes(value) : value;
    const isSize = Number.isSafeInteger(bytes) && (bytes as number) >= 1 && (bytes as number) <= SIZE_MAX;
    return isSize ? (bytes as number) : refused;
  },
};

export const serverStoreOptions = declareOptions({
  client: option<Client, undefined>({
    type: checked("a Client of stowage/client", (value) => value instanceof Client),
    default: undefined,
    defaultText: "none: it has to be given",
    meaning: "of one server or of many; it stays open when the store is closed",
  }),
  prefix: option({
    type: nonEmptyText,
    default: "stowage:",
    meaning: "before all keys, so that they are not those of others",
  }),
  maxValueSize: option({
    type: byteSize,
    default: VALUE_BYTES_MAX,
    defaultText: '`"5mb"`',
    meaning: "the longest value; as base64 it has to fit into the server's `--max-body`",
  }),
} satisfies Declares<ServerStoreOptions>);
