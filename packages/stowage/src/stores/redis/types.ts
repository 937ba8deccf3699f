/**
 * What is taken for a client of Redis, by its shape: the library itself is the user's, and never imported. And the normal form in
 * which all of them are spoken to here.
 */
import type { RedisConnectOptions } from "./options.js";

/** ioredis or iovalkey: a server, what Sentinels watch over, or a Cluster. */
export interface IoredisLike {
  readonly status: string;
  callBuffer(command: string, ...args: (string | number | Buffer)[]): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: the libraries' own parameters differ
  duplicate(...args: any[]): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the libraries' own parameters differ
  on(event: string, listener: (...args: any[]) => void): unknown;
  disconnect(reconnect?: boolean): void;
}

/** node-redis 4 and later: a client, a Sentinel or a Cluster. */
export interface NodeRedisLike {
  readonly isOpen: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: a client, a Sentinel and a Cluster want other parameters
  sendCommand(...args: any[]): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: the libraries' own parameters differ
  duplicate(...args: any[]): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the libraries' own parameters differ
  on(event: string, listener: (...args: any[]) => void): unknown;
}

export type RedisClientLike = IoredisLike | NodeRedisLike;

/**
 * Where Redis or Valkey is: a client that the user has (it stays his, and open), a URL, or the URLs of some servers of a Cluster;
 * or an object with one of these and how to connect.
 */
export type RedisSource = RedisClientLike | string | readonly string[] | RedisConnectOptions;

/** A text goes as its UTF-8, a number as its digits, bytes as they are. */
export type RedisArgument = string | number | Uint8Array;

/** The same from every library and for every protocol: texts are bytes, maps are flat lists of keys and values, null is nothing. */
export type RedisReply = Uint8Array | number | null | readonly RedisReply[];

/** One command, and the key that says which server of a Cluster it is for; undefined: any. */
export interface RedisRequest {
  readonly key: RedisArgument | undefined;
  readonly args: readonly RedisArgument[];
}
