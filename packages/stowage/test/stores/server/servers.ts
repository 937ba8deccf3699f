/** Real servers for the suite, whose time passes when a case says so. */
import { type AppServer, startAppServer } from "../../../../server/test/support/app-server.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import type { Place } from "./subject.js";

export class Servers implements Place {
  readonly clock = new FakeClock();
  #rooms = 1_000;
  #all: AppServer[] = [];

  async start(count: number): Promise<void> {
    const { clock } = this;
    const args = ["--memory", "64mb"];
    this.#all = await Promise.all(Array.from({ length: count }, () => startAppServer({ args, clock })));
  }

  get urls(): readonly string[] {
    return this.#all.map(({ url }) => url);
  }

  room(): string {
    return `l2:${this.#rooms++}:`;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((server) => server.close()));
  }
}
