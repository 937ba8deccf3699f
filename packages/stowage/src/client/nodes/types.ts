/** What the rest of the client sees of one server. */
import type { TransportRequest, TransportResponse, TransportStream } from "../transport/transport.js";
import type { NodeStats } from "../types.js";
import type { Operation, OperationResult } from "../wire/operation.js";

export type NodeState = "closed" | "open" | "half-open";

export interface NodeRequest extends Omit<TransportRequest, "headers" | "signal"> {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether twice is as good as once. Only such requests are sent again after they may have reached the server. */
  readonly isRepeatable: boolean;
}

export interface NodeCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Instead of the client's. */
  readonly timeoutMs?: number | undefined;
}

export interface Node {
  /** As the user wrote it, which is also its name in routers, events and errors. */
  readonly url: string;
  /** Of its breaker. */
  readonly state: NodeState;
  /**
   * One operation, sent with others of the same tick.
   *
   * @throws ServerUnavailableError, RequestTimeoutError, ServerRefusedError
   */
  operate(operation: Operation, options?: NodeCallOptions): Promise<OperationResult>;
  /**
   * A request of its own: deadline, retries, breaker and events are seen to. Answers with a status from 500 on, 408 and 429 among
   * them once retries are used up, are ServerRefusedError; any other status is returned.
   */
  request(request: NodeRequest, options?: NodeCallOptions): Promise<TransportResponse>;
  /** An answer without an end; the deadline is for its head. No retries: who follows comes back by himself. */
  open(request: NodeRequest, options?: NodeCallOptions): Promise<TransportStream>;
  stats(): NodeStats & {
    /** Reads that were spared since the same one was under way. */
    readonly shared: number;
  };
  close(): void;
}
