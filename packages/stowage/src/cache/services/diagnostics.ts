/**
 * Channels of `node:diagnostics_channel`, so that tracers can listen without touching the code that uses the cache:
 *
 *     stowage:action    {cache, action, args, result | error}      every verb, after it
 *     stowage:load      {cache, key, ok, timeMs, error?}           every load, when it ends
 *     stowage:removal   {cache, key, value, cause}                 every value that leaves
 *
 * A channel without subscribers costs a check that V8 folds away (measured: nothing). Off Node there are none.
 */
import { findNodeBuiltin } from "../../base/node.js";

export interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

const silent: Channel = { hasSubscribers: false, publish() {} };
const builtin = findNodeBuiltin("node:diagnostics_channel");

function channelOf(name: string): Channel {
  return builtin?.channel(name) ?? silent;
}

export const diagnostics = {
  action: channelOf("stowage:action"),
  load: channelOf("stowage:load"),
  removal: channelOf("stowage:removal"),
} as const;
