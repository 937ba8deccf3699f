/** The server store, as the suite of stores sees it. */
import { Client } from "../../../src/client/index.js";
import { ServerStore } from "../../../src/stores/server/index.js";
import type { FakeClock } from "../../../src/testing/fake-clock.js";
import type { StoreSubject } from "../../../src/testing/store-subject.js";

/** Servers that run for all cases: starting one takes longer than most of them. */
export interface Place {
  /** Of the servers, and of those who ask them. */
  readonly clock: FakeClock;
  readonly urls: readonly string[];
  /** A prefix that nobody has used, always of the same length. */
  room(): string;
}

const maxValueSize = "1mb";

export function serverSubject(name: string, place: Place): StoreSubject {
  const client = new Client();
  const { abilities } = new ServerStore({ client, prefix: place.room(), maxValueSize });
  client.close();
  return {
    name,
    abilities,
    time: "exact",
    sharing: true,
    open() {
      const { clock, urls } = place;
      const prefix = place.room();
      const clients: Client[] = [];
      const open = () => {
        const made = new Client({ urls, timeout: "20s", clock });
        clients.push(made);
        return new ServerStore({ client: made, prefix, maxValueSize });
      };
      return {
        store: open(),
        advance: (ms) => clock.advance(ms),
        another: open,
        dispose() {
          for (const each of clients) each.close();
        },
      };
    },
  };
}
