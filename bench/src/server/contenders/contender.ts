/** What the benchmark asks of a server: to be started, and how each operation is said in its protocol. */
import type { ContenderInfo } from "../../harness/suite.js";
import type { Exchange, Operation } from "../exchanges.js";
import type { LoadOutcome } from "../generator.js";

export interface StartOptions {
  /** Words before a command that pin it to a core; empty: unpinned. */
  prefix: readonly string[];
  /** Threads or processes that serve. */
  workers: number;
  /** How much it may keep, as in "2gb"; absent: its default. */
  memory?: string;
  /** For its files; removed after the run. */
  folder: string;
  /** Starts a TypeScript program of the benchmark's or of the repository's. */
  programs: Programs;
}

/** Words that start Node with a program. */
export interface Programs {
  /** The built server, or its source. */
  stowageServer: readonly string[];
  /** node-http/main.ts. */
  nodeHttp: readonly string[];
}

export interface RunningServer {
  port: number;
  /** All that serve: their memory and time count. */
  pids: readonly number[];
  end(): Promise<void>;
}

export interface OwnGenerator {
  canAsk(operation: Operation): boolean;
  ask(options: AskOptions): Promise<LoadOutcome>;
}

export interface AskOptions {
  operation: Operation;
  port: number;
  connections: number;
  /** Keys are drawn from so many. */
  items: number;
  measuredMs: number;
  /** Words before its command. */
  prefix: readonly string[];
}

export type Protocol = "http" | "resp" | "memcached";

export interface Contender extends ContenderInfo {
  /** undefined: it can take part; else why not, and what to install. */
  missing(): string | undefined;
  /** It serves with one thread, however many are asked for. */
  oneThread?: true;
  /** Absent: it keeps items itself. nothing: it cannot be filled. elsewhere: its memory says nothing. */
  keeps?: "nothing" | "elsewhere";
  /** It does not understand several requests that come together. */
  oneAtATime?: true;
  /** It brings a load generator of its own; absent: it is asked by ours. */
  generator?: OwnGenerator;
  protocol: Protocol;
  start(options: StartOptions): Promise<RunningServer>;
  /** undefined: it cannot do that. */
  exchange(operation: Operation): Exchange | undefined;
}
