/**
 * A TCP proxy that a test makes go wrong: cuts, resets, delays, stalls, half-open connections, garbage, refusals, a server
 * that is away. Clients connect to `proxy.url` instead of to the server.
 *
 *     const proxy = await FaultProxy.start({ port });
 *     proxy.delay(() => random() * 50);   // each piece, from now on, order kept
 *     proxy.stall();                      // nothing moves ... and comes after proxy.resume()
 *     proxy.blackhole();                  // half open: what is sent is lost, and nobody is told; new connections as well
 *     proxy.reset();                      // RST on all connections there are; proxy.cut() is the polite end
 *     proxy.heal();                       // new connections are well again; lost ones stay lost
 *     await proxy.close();
 *
 * It knows nothing of HTTP, and a test decides when something happens: there is no randomness in here.
 */
import net, { type AddressInfo } from "node:net";
import { Lane, type Weather } from "./fault-lane.js";

export interface FaultTarget {
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

interface Link {
  readonly client: net.Socket;
  readonly server: net.Socket;
  /** To the server, and back. */
  readonly up: Lane;
  readonly down: Lane;
}

const clearWeather = (): Weather => ({
  delayMs: () => 0,
  pieceMax: Number.POSITIVE_INFINITY,
  stalled: false,
});

export class FaultProxy {
  /** Connections that were made to it so far. */
  accepted = 0;
  #server: net.Server;
  #port = 0;
  readonly #target: FaultTarget;
  readonly #links = new Set<Link>();
  readonly #up = clearWeather();
  readonly #down = clearWeather();
  #refusing = false;
  #lossy = false;
  #answerBytesMax = Number.POSITIVE_INFINITY;

  private constructor(target: FaultTarget) {
    this.#target = target;
    this.#server = this.#listener();
  }

  static async start(target: FaultTarget): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#links.size;
  }

  /** Bytes that came through, both ways, on the connections that are open. */
  get moved(): number {
    return [...this.#links].reduce((sum, { up, down }) => sum + up.moved + down.moved, 0);
  }

  /** Ends all connections there are, politely (FIN). @returns how many */
  cut(): number {
    return this.#each((link) => this.#end(link, false));
  }

  /** Breaks all connections there are (RST). @returns how many */
  reset(): number {
    return this.#each((link) => this.#end(link, true));
  }

  /** Nothing moves any more in that direction; what is sent meanwhile comes after `resume`. */
  stall(direction: "up" | "down" | "both" = "both"): void {
    if (direction !== "down") this.#up.stalled = true;
    if (direction !== "up") this.#down.stalled = true;
  }

  resume(): void {
    this.#up.stalled = false;
    this.#down.stalled = false;
    this.#pump();
  }

  /** Connections there are, and new ones until `heal`, are half open: nothing arrives, no end of it either. */
  blackhole(): void {
    this.#lossy = true;
    for (const { up, down } of this.#links) {
      up.stop();
      down.stop();
    }
  }

  /** Each piece is late by this many milliseconds, on its way back; order is kept. */
  delay(ms: number | (() => number), direction: "up" | "down" = "down"): void {
    const weather = direction === "up" ? this.#up : this.#down;
    weather.delayMs = typeof ms === "number" ? () => ms : ms;
  }

  /** What comes from the server arrives in pieces of at most so many bytes, a turn of the event loop apart. */
  pieces(bytes: number): void {
    this.#down.pieceMax = bytes;
  }

  /** All connections, also those to come until `heal`, are cut after so many more bytes from the server. */
  cutAfter(bytes: number): void {
    this.#answerBytesMax = bytes;
    for (const { down } of this.#links) down.bytesLeft = bytes;
  }

  /** Bytes that no server has sent, to all clients there are. */
  garbage(bytes: string | Uint8Array): void {
    for (const { client } of this.#links) client.write(bytes);
  }

  /** New connections are broken at once, until `heal`. */
  refuse(): void {
    this.#refusing = true;
  }

  /** Nobody listens any more, and connections there are break: a server that has crashed. */
  async down(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Listens again, on the same port. */
  async up(): Promise<void> {
    this.#server = this.#listener();
    await this.#listen();
  }

  /** As it was at first. Connections that `blackhole` has taken stay lost: `cut` or `reset` ends them. */
  heal(): void {
    this.#refusing = false;
    this.#lossy = false;
    this.#answerBytesMax = Number.POSITIVE_INFINITY;
    Object.assign(this.#up, clearWeather());
    Object.assign(this.#down, clearWeather());
    for (const { down } of this.#links) down.bytesLeft = Number.POSITIVE_INFINITY;
    this.#pump();
  }

  async close(): Promise<void> {
    this.reset();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #listener(): net.Server {
    return net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #accept(client: net.Socket): void {
    this.accepted += 1;
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const { port, host = "127.0.0.1" } = this.#target;
    const server = net.connect({ port, host, allowHalfOpen: true, noDelay: true });
    const cut = () => this.#end(link, false);
    const link: Link = {
      client,
      server,
      up: new Lane(client, server, this.#up, cut),
      down: new Lane(server, client, this.#down, cut),
    };
    this.#links.add(link);
    link.down.bytesLeft = this.#answerBytesMax;
    if (this.#lossy) {
      link.up.stop();
      link.down.stop();
    }
    for (const socket of [client, server]) this.#watch(link, socket);
  }

  /** Whichever side goes, the other one goes too, unless the connection is half open. */
  #watch(link: Link, socket: net.Socket): void {
    socket.on("error", () => socket.destroy());
    socket.on("close", (hadError) => {
      const other = socket === link.client ? link.server : link.client;
      if (hadError && !link.down.isDead) other.resetAndDestroy();
      if (other.destroyed) this.#links.delete(link);
      else if (link.down.isDead && socket === link.client) this.#end(link, true);
    });
  }

  #end(link: Link, harshly: boolean): void {
    this.#links.delete(link);
    link.up.stop();
    link.down.stop();
    for (const socket of [link.client, link.server]) {
      if (harshly) socket.resetAndDestroy();
      else socket.destroySoon();
    }
  }

  #each(act: (link: Link) => void): number {
    const links = [...this.#links];
    links.forEach(act);
    return links.length;
  }

  #pump(): void {
    for (const { up, down } of this.#links) {
      up.pump();
      down.pump();
    }
  }
}
