/**
 * The way between a client and a server: it takes its time, may stand still and go on, and may break; each connection keeps
 * the order of what it carries. All of it on the test's clock.
 */
import type { FakeClock } from "stowage/testing";

export class LinkBroken extends Error {
  constructor() {
    super("the connection broke");
  }
}

export class LinkConnection {
  /** Nothing gets through it any more. */
  isDead = false;
  /** The client has closed it. */
  isClosed = false;
  #upAtMs = 0;
  #downAtMs = 0;

  constructor(
    readonly link: Link,
    /** The client is told that it broke. */
    readonly broke: () => void,
  ) {}

  /** Does this at the server, when it has got there. */
  up(fn: () => void): void {
    this.#upAtMs = this.link.carry(this, this.#upAtMs, this.link.upMs, fn);
  }

  /** Does this at the client. */
  down(fn: () => void): void {
    this.#downAtMs = this.link.carry(this, this.#downAtMs, this.link.downMs, fn);
  }

  close(): void {
    this.isClosed = true;
    this.isDead = true;
    this.link.connections.delete(this);
  }
}

export class Link {
  upMs = 1;
  downMs = 1;
  /** New connections are refused. */
  isDown = false;
  readonly connections = new Set<LinkConnection>();
  #stands = false;
  #held: (() => void)[] = [];

  constructor(readonly clock: FakeClock) {}

  connect(broke: () => void): LinkConnection {
    if (this.isDown) throw new LinkBroken();
    const connection = new LinkConnection(this, broke);
    this.connections.add(connection);
    return connection;
  }

  /** Nothing moves, in either direction, until it goes on. */
  stand(): void {
    this.#stands = true;
  }

  goOn(): void {
    this.#stands = false;
    for (const fn of this.#held.splice(0)) fn();
  }

  /** All connections break, and both sides notice. */
  cut(): void {
    for (const connection of [...this.connections]) {
      connection.close();
      connection.broke();
    }
  }

  /** What the connections of now carry gets lost, and nobody notices. */
  lose(): void {
    for (const connection of this.connections) connection.isDead = true;
  }

  /** Returns when it will be there. */
  carry(connection: LinkConnection, afterMs: number, delayMs: number, fn: () => void): number {
    const atMs = Math.max(afterMs, this.clock.now() + delayMs);
    const arrive = (): void => {
      if (connection.isDead) return;
      if (this.#stands) this.#held.push(arrive);
      else fn();
    };
    this.clock.setTimer(arrive, atMs - this.clock.now());
    return atMs;
  }
}
