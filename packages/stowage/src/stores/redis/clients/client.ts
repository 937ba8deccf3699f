/** A client of whatever library, in one form: what the rest of stores/redis is written on. */
import type { RedisArgument, RedisReply, RedisRequest } from "../types.js";
import type { Health } from "./health.js";

export interface RedisClient {
  /** What the library puts before every key by itself. Replies have it on them. */
  readonly keyPrefix: string;
  readonly isCluster: boolean;
  /** Commands go out now, instead of into a queue for when there is a connection. */
  readonly isReady: boolean;
  /** Will never be ready: closed, or never told to connect; says what would be right. */
  readonly ended: string | undefined;
  readonly health: Health;
  send(request: RedisRequest): Promise<RedisReply>;
  /** As one write per server. Each has its own end: an Error where it failed. */
  sendAll(requests: readonly RedisRequest[]): Promise<(RedisReply | Error)[]>;
  /** Those that hold keys, each with a name that stays the same: a single server is its own only one. */
  masters(): Promise<readonly RedisNode[]>;
  /**
   * A connection that nobody else uses and that ends when it breaks: for commands that wait, on a key, or without one to subscribe.
   */
  connect(use: { readonly key: RedisArgument | undefined }): Promise<RedisConnection>;
  /** Ends the connection; `health` is to be released besides. */
  close(): Promise<void>;
}

export interface RedisNode {
  readonly address: string;
  send(request: RedisRequest): Promise<RedisReply>;
}

export interface RedisConnection {
  send(request: RedisRequest): Promise<RedisReply>;
  /** One listener a channel. */
  subscribe(channel: string, onMessage: (message: string) => void): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Once, when it has gone, unless it was `destroy`ed. */
  onEnd(listener: (reason: Error) => void): void;
  /** At once; what is under way rejects. */
  destroy(): void;
}
