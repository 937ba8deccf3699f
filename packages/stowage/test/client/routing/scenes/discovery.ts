/** Servers that a Discovery finds. */
import { mod } from "../../../../src/client/routing/routers/mod.js";
import type { Discovery, ServerAddress } from "../../../../src/client/types.js";
import { identical, ok, same, throws } from "../../../../src/testing/check.js";
import { type Deferred, deferred } from "../../../../src/testing/deferred.js";
import { settle } from "../../../../src/testing/fake-clock.js";
import { drainMs, type Setup, setup, urlsOf } from "./fakes.js";
import { rejection, type Scene } from "./scene.js";

type List = readonly (string | ServerAddress)[];

interface Searches extends Setup {
  /** Those begun so far, each to be settled by the scene. */
  readonly begun: readonly (Deferred<List> & { readonly signal: AbortSignal })[];
  /** Ends the latest one. */
  find(...urls: (string | ServerAddress)[]): Promise<void>;
  fail(error: unknown): Promise<void>;
}

const everyMs = 30_000;

function searching(interval = everyMs): Searches {
  const begun: (Deferred<List> & { signal: AbortSignal })[] = [];
  const discovery: Discovery = {
    everyMs: interval,
    find(signal) {
      const search = { ...deferred<List>(), signal };
      begun.push(search);
      return search.promise;
    },
  };
  const last = () => begun[begun.length - 1];
  return {
    ...setup(discovery, { router: mod(), fails: "http://z:1" }),
    begun,
    find(...urls) {
      last().resolve(urls);
      return settle();
    },
    fail(error) {
      last().reject(error);
      return settle();
    },
  };
}

export const discoveryScenes: readonly Scene[] = [
  {
    name: "is asked at once; who waits goes on with what it finds, in the order of their urls",
    async run() {
      const { cluster, begun, find, events } = searching();
      identical(begun.length, 1);
      const { ready } = cluster;
      ok(ready !== undefined, "nothing to wait for");
      await find("http://c-10:1", { url: "http://c-9:1", weight: 1 });
      await ready;
      same(urlsOf(cluster.nodes), ["http://c-9:1", "http://c-10:1"]);
      identical(cluster.ready, undefined);
      same([...events], [{ type: "nodes", nodes: ["http://c-9:1", "http://c-10:1"] }]);
    },
  },
  {
    name: "calls before the first answer say that there is no server yet",
    run() {
      const { cluster } = searching();
      throws(() => cluster.nodeOf("a"), { name: "ServerUnavailableError", says: ["discover"] });
      throws(() => cluster.nodeOf("a", "http://a:1"), "ServerUnavailableError");
      throws(() => cluster.split(["a"]), "ServerUnavailableError");
      same([...cluster.nodes], []);
    },
  },
  {
    name: "is asked again every so often, one search at a time, and its order does not matter",
    async run() {
      const { cluster, clock, begun, find, events } = searching();
      await find("http://b:1", "http://a:1");
      await clock.advanceAsync(everyMs - 1);
      identical(begun.length, 1);
      await clock.advanceAsync(1);
      identical(begun.length, 2);
      identical(cluster.ready, undefined, "calls go on with the servers that are known");
      await clock.advanceAsync(4_000);
      identical(begun.length, 2, "searches while one is under way");
      await find("http://a:1", "http://b:1");
      identical(events.length, 1);
      await clock.advanceAsync(everyMs);
      await find("http://c:1", "http://a:1");
      same(urlsOf(cluster.nodes), ["http://a:1", "http://c:1"]);
      identical(events.length, 2);
    },
  },
  {
    name: "a failure, or an answer that is no list of servers, changes nothing and is told",
    async run() {
      const { cluster, clock, begun, find, fail, events, made } = searching();
      await find("http://a:1", "http://b:1");
      const { nodes } = cluster;
      const wrong: (() => Promise<void>)[] = [
        () => fail(new Error("SERVFAIL")),
        () => find(),
        () => find("nonsense"),
        () => find("http://c:1", "http://z:1"),
        () => find("http://a:1", { url: "http://b:1", weight: 2 }),
        () => {
          begun[begun.length - 1].resolve(undefined as unknown as List);
          return settle();
        },
      ];
      for (const end of wrong) {
        await clock.advanceAsync(everyMs);
        await end();
        identical(cluster.nodes, nodes);
        identical(cluster.ready, undefined);
      }
      const faults = events
        .filter(({ type }) => type === "fault")
        .map((event) => String("error" in event && event.error));
      identical(faults.length, wrong.length);
      same(faults.slice(0, 1), ["Error: SERVFAIL"]);
      ok(faults[1].includes("at least one server"), faults[1]);
      same(
        made.map(({ url, closed }) => [url, closed]),
        [
          ["http://a:1", 0],
          ["http://b:1", 0],
          ["http://c:1", 1],
        ],
      );
      await clock.advanceAsync(everyMs);
      await find("http://d:1");
      same(urlsOf(cluster.nodes), ["http://d:1"]);
      await clock.advanceAsync(drainMs);
      same(
        made.map(({ closed }) => closed),
        [1, 1, 1, 0],
      );
    },
  },
  {
    name: "until it succeeds for the first time it is asked again soon, with growing pauses",
    async run() {
      const { cluster, clock, begun, find, fail } = searching(1_000);
      const waiting = rejection(cluster.ready, {
        name: "ServerUnavailableError",
        says: ["discover"],
      });
      await fail(new Error("ENOTFOUND"));
      identical(String((await waiting).cause), "Error: ENOTFOUND");
      const pauses: number[] = [];
      for (let time = 0; time < 6; time++) {
        identical(cluster.ready, undefined, "between searches");
        identical(
          throws(() => cluster.nodeOf("a"), "ServerUnavailableError").cause !== undefined,
          true,
          "the cause",
        );
        const before = clock.now();
        const count = begun.length;
        while (begun.length === count) ok(clock.step(), "nobody asks again");
        pauses.push(clock.now() - before);
        ok(cluster.ready !== undefined, "a search is under way, and nobody can wait for it");
        await fail(new Error("ENOTFOUND"));
      }
      same(pauses, [100, 200, 400, 800, 1_000, 1_000]);
      clock.step();
      await find("http://a:1");
      identical(cluster.nodeOf("a").url, "http://a:1");
      const before = clock.now();
      clock.step();
      identical(clock.now() - before, 1_000, "then every so often");
    },
  },
  {
    name: "a search that hangs is given up, and what it says later is not heard",
    async run() {
      const { cluster, clock, begun, events } = searching();
      const waiting = rejection(cluster.ready, "ServerUnavailableError");
      await clock.advanceAsync(5_000);
      await waiting;
      identical(begun[0].signal.aborted, true);
      await clock.advanceAsync(100);
      identical(begun.length, 2);
      begun[0].resolve(["http://late:1"]);
      await settle();
      same([...cluster.nodes], []);
      begun[1].resolve(["http://a:1"]);
      await settle();
      same(urlsOf(cluster.nodes), ["http://a:1"]);
      same(
        events.map(({ type }) => type),
        ["fault", "nodes"],
      );
    },
  },
  {
    name: "one that throws at once is a failure like any",
    async run() {
      const find = () => {
        throw new Error("mine");
      };
      const { cluster, clock, events } = setup({ find, everyMs });
      await rejection(cluster.ready, "ServerUnavailableError");
      await settle();
      same(
        events.map((event) => String("error" in event && event.error)),
        ["Error: mine"],
      );
      cluster.close();
      await settle();
      identical(clock.pending, 0);
    },
  },
  {
    name: "with an endless interval it is asked until it succeeds, and no more",
    async run() {
      const { clock, begun, find, fail } = searching(Number.POSITIVE_INFINITY);
      await fail(new Error("ENOTFOUND"));
      clock.step();
      identical(begun.length, 2);
      await find("http://a:1");
      identical(clock.pending, 0);
    },
  },
  {
    name: "close ends the search under way, those who wait, and all that is to come",
    async run() {
      const { cluster, clock, begun, events, made } = searching();
      const { ready } = cluster;
      cluster.close();
      await ready;
      identical(begun[0].signal.aborted, true);
      throws(() => cluster.nodeOf("a"), "ClosedError");
      begun[0].resolve(["http://a:1"]);
      await settle();
      same([made.length, events.length, clock.pending], [0, 0, 0]);
      const later = searching();
      await later.find("http://a:1");
      later.cluster.close();
      identical(later.clock.pending, 0);
      const between = searching();
      await between.fail(new Error("ENOTFOUND"));
      between.cluster.close();
      identical(between.clock.pending, 0);
    },
  },
  {
    name: "an answer that comes with close is not taken",
    async run() {
      const { cluster, begun, made } = searching();
      begun[0].resolve(["http://a:1"]);
      cluster.close();
      await settle();
      same([made.length, cluster.nodes.length], [0, 0]);
    },
  },
  {
    name: "what is found cannot be overruled",
    async run() {
      const { cluster, find } = searching();
      await find("http://a:1");
      throws(() => cluster.setServers(["http://b:1"]), {
        name: "InvalidOptionError",
        says: ["setServers", "discover"],
      });
      same(urlsOf(cluster.nodes), ["http://a:1"]);
    },
  },
];
