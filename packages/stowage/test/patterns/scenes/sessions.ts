/** Sessions, and a store of them in the shape that express-session has. */
import { EventEmitter } from "node:events";
import {
  type SessionRecord,
  type SessionStoreVerbs,
  Sessions,
  type SessionsOptions,
  sessionStore,
} from "../../../src/patterns/index.js";
import { MemoryStore } from "../../../src/stores/memory/index.js";
import type { Store } from "../../../src/stores/store.js";
import { between, identical, ok, rejects, same, throws } from "../../../src/testing/check.js";
import { type Scenes, scenes } from "../../support/scenes.js";
import type { Place } from "./place.js";

/** As express-session's: it makes sessions out of what is stored. */
class Base extends EventEmitter {
  createSession(request: { session?: unknown }, session: object): unknown {
    request.session = { ...session };
    return request.session;
  }
}

type Data = { user: string };

export function sessionScenes(place: Place, store: () => Store | undefined): Scenes {
  const given = (options: SessionsOptions): SessionsOptions => {
    const made = store();
    const { clock } = place.options;
    return { name: place.room(), ...(made && { store: made }), ...(clock && { clock }), ...options };
  };
  const open = (options: SessionsOptions = {}) => new Sessions<Data>(given(options));
  const express = (options: SessionsOptions = {}) => sessionStore(Base, given(options));
  const nowMs = () => place.options.clock?.wall() ?? Date.now();

  return scenes((group, scene) => {
    group("sessions", () => {
      scene("are what was set, until they are destroyed", async () => {
        const sessions = open();
        await sessions.set("1", { user: "ada" });
        same([await sessions.get("1"), await sessions.get("2")], [{ user: "ada" }, undefined]);
        same(
          [await sessions.destroy("1"), await sessions.destroy("1"), await sessions.get("1")],
          [true, false, undefined],
        );
        await sessions.close();
      });

      scene("live for as long as they are used", async () => {
        const sessions = open({ ttl: 120 });
        await sessions.set("1", { user: "ada" });
        for (let step = 0; step < 3; step++) {
          await place.advance(70);
          identical(await sessions.touch("1"), true, `touch ${step}`);
        }
        same(await sessions.get("1"), { user: "ada" });
        await place.advance(125);
        same([await sessions.get("1"), await sessions.touch("1")], [undefined, false]);
        await sessions.close();
      });

      scene("can be listed, counted and cleared, without those of others", async () => {
        const sessions = open();
        const others = open();
        await others.set("x", { user: "eve" });
        for (let index = 0; index < 450; index++) await sessions.set(`${index}`, { user: `${index}` });
        identical(await sessions.count(), 450);
        const all = await sessions.all();
        same([all.size, all.get("7")], [450, { user: "7" }]);
        same([await sessions.clear(), await sessions.count()], [450, 0]);
        if (store() !== undefined) same(await others.get("x"), { user: "eve" });
        await Promise.all([sessions.close(), others.close()]);
      });

      scene("are written as JSON, and what is none is not there", async () => {
        const memory = new MemoryStore();
        const sessions = new Sessions({ store: memory, name: "s" });
        const call = { signal: new AbortController().signal };
        await memory.setMany([{ key: "s:1", bytes: Buffer.from("{"), ttlMs: null }], call);
        same([await sessions.get("1"), sessions.unreadable], [undefined, 1]);
        await rejects(sessions.set("2", 1n), "SerializationError");
        await rejects(sessions.set("2", undefined), "SerializationError");
        await sessions.close();
        throws(() => new Sessions({ rolling: true } as SessionsOptions), "InvalidOptionError");
      });
    });

    group("a store of sessions", () => {
      scene("is one of its base, with the verbs of express-session", async () => {
        const made = express();
        ok(made instanceof Base && made instanceof EventEmitter, "its base");
        const session = { cookie: { originalMaxAge: null, expires: null }, user: "ada" };
        await told((done) => made.set("1", session, done));
        same(await told((done) => made.get("1", done)), session);
        identical(await told((done) => made.get("2", done)), null);
        same(await told((done) => made.all(done)), [{ ...session, id: "1" }]);
        identical(await told((done) => made.length(done)), 1);
        await told((done) => made.destroy("1", done));
        identical(await told((done) => made.get("1", done)), null);
        made.set("3", session);
        await told((done) => made.clear(done));
        await made.close();
        const error = await told((done) => made.get("1", done)).catch((caught: unknown) => caught);
        identical((error as Error).name, "ClosedError");
      });

      scene("keeps them for as long as their cookies live, renewed by touch", async () => {
        const made = express({ ttl: "1h" });
        const until = (ms: number): SessionRecord => ({ cookie: { expires: new Date(nowMs() + ms) } });
        await told((done) => made.set("1", until(150), done));
        await place.advance(80);
        await told((done) => made.touch("1", until(150), done));
        await place.advance(80);
        ok((await told((done) => made.get("1", done))) !== null, "touched");
        await place.advance(80);
        identical(await told((done) => made.get("1", done)), null, "over");
        await told((done) => made.set("2", until(1_000), done));
        await told((done) => made.set("2", until(-1), done));
        identical(await told((done) => made.get("2", done)), null, "of a cookie that is over");
        await made.close();
      });

      scene("touch changes nothing but the lifetime", async () => {
        const made = express();
        const cookie = { originalMaxAge: 60_000 };
        await told((done) => made.set("1", { cookie, cart: 1 } as SessionRecord, done));
        await told((done) => made.set("1", { cookie, cart: 2 } as SessionRecord, done));
        await told((done) => made.touch("1", { cookie, cart: 1 } as SessionRecord, done));
        const found = (await told((done) => made.get("1", done))) as { cart: number };
        between(found.cart, 2, 2, "what another request wrote stays");
        await made.close();
      });
    });
  });
}

type Done = Parameters<SessionStoreVerbs["get"]>[1];

/** What a verb with a callback tells. */
function told(run: (done: (error?: unknown, result?: unknown) => void) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done: Done = (error, result) => (error ? reject(error as Error) : resolve(result));
    run(done as (error?: unknown, result?: unknown) => void);
  });
}
