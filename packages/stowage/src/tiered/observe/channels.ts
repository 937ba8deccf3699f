/**
 * Channels of `node:diagnostics_channel`, so that tracers can listen without touching the code that makes the cache:
 *
 *     stowage:tiered:load    {cache, key, ok, timeMs, error?}                        each load, when it has ended
 *     stowage:tiered:store   {cache, store, verb, keys, outcome, timeMs, error?}     each call of L2, when it has ended
 *     stowage:tiered:event   {cache, ...TieredEvent}                                 all else
 *
 * `keys` is how many; which ones stands in no message of a store. Off Node there are none.
 */
import { findNodeBuiltin } from "../../base/node.js";
import type { Channel } from "../../cache/services/diagnostics.js";

const silent: Channel = { hasSubscribers: false, publish() {} };
const builtin = findNodeBuiltin("node:diagnostics_channel");

function channelOf(name: string): Channel {
  return builtin?.channel(name) ?? silent;
}

export const channels = {
  load: channelOf("stowage:tiered:load"),
  store: channelOf("stowage:tiered:store"),
  event: channelOf("stowage:tiered:event"),
} as const;
