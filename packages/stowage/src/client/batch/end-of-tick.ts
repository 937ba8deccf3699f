/**
 * When a batch leaves: after everything that this turn of the event loop has to do.
 *
 * In Node that is `setImmediate`: it comes after the callbacks of all sockets that had something to say, and after every
 * promise chain that they set off, so that what a server does for many requests at one time leaves together, and `await`s
 * in between do not tear a batch apart. It costs 1.3 us where nothing else is to be done; a microtask would cost 0.3, and
 * would leave with whatever the first chain had asked for. Browsers have a message channel for the same; setTimeout, the
 * last resort, may take 4 ms.
 */

type Schedule = (fn: () => void) => void;

interface Host {
  setImmediate?: (fn: () => void) => unknown;
  MessageChannel?: new () => {
    readonly port1: { onmessage: (() => void) | null };
    readonly port2: { postMessage(message: null): void };
  };
}

export const atEndOfTick: Schedule = scheduleOf(globalThis as unknown as Host);

export function scheduleOf({ setImmediate, MessageChannel }: Host): Schedule {
  if (setImmediate !== undefined) return (fn) => void setImmediate(fn);
  if (MessageChannel === undefined) return (fn) => void setTimeout(fn, 0);
  let waiting: (() => void)[] = [];
  let channel: InstanceType<typeof MessageChannel> | undefined;
  const run = (): void => {
    const due = waiting;
    waiting = [];
    for (const fn of due) fn();
  };
  return (fn) => {
    channel ??= openChannel(MessageChannel, run);
    if (waiting.push(fn) === 1) channel.port2.postMessage(null);
  };
}

function openChannel<Channel extends { readonly port1: { onmessage: (() => void) | null } }>(
  MessageChannel: new () => Channel,
  run: () => void,
): Channel {
  const channel = new MessageChannel();
  channel.port1.onmessage = run;
  return channel;
}
