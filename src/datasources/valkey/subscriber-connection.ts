import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../domain/cluster.js';
import { ExpectedFailure } from '../../domain/errors.js';
import { CommandError } from './command-error.js';
import type { Enter, Entrance } from './entrance.js';
import { unreachable } from './link-failure.js';
import type { ChannelKind, SubscriberConnection, SubscriberListener } from './ports.js';
import { parseRedirect } from './redirect.js';
import { openSubscriberWire, type SubscriberWire, type WireListener } from './subscriber-wire.js';
import { endpointKey } from './topology.js';

/** What somebody wants to hear, and on which wire it is heard; absent while it is not. */
interface Wanted {
  readonly kind: ChannelKind;
  readonly channel: Buffer;
  wire?: SubscriberWire | undefined;
}

/**
 * One cluster's subscriptions: sharded channels on the primary of their slot, all others on any one node. What is lost is
 * subscribed anew, channel by channel, until it stands or is refused.
 */
export async function openSubscriber(
  enter: Enter,
  listener: SubscriberListener,
  onClosed: () => void,
): Promise<SubscriberConnection> {
  const wanted = new Map<string, Wanted>();
  const wires = new Map<string, Promise<SubscriberWire>>();
  const stopped = new AbortController();
  let entrance: Entrance = await enter();
  let unwatch = watch(entrance);
  const isStopped = (): boolean => stopped.signal.aborted;
  let isRestoring = false;

  function watch({ session }: Entrance): () => void {
    return session.onChange(() => {
      // Other credentials were given: nothing is heard as the user from before.
      if (session.isClosed) dropAll();
    });
  }
  const dropAll = (): void => {
    for (const wire of wires.values()) void wire.then((open) => open.close()).catch(() => undefined);
    wires.clear();
    for (const item of wanted.values()) item.wire = undefined;
    void restore();
  };

  const wireTo = (endpoint: Endpoint): Promise<SubscriberWire> => {
    const key = endpointKey(endpoint);
    const standing = wires.get(key);
    if (standing) return standing;
    const { access, limits, log } = entrance;
    const wireListener: WireListener = {
      message(...args) {
        try {
          listener.message(...args);
        } catch (cause) {
          // Thrown on, it would lose the rest of what the socket has brought.
          log.error({ err: cause }, 'a subscriber of a channel failed');
        }
      },
      ended(channel) {
        for (const item of wanted.values()) {
          if (item.kind === 'sharded' && item.channel.equals(channel)) item.wire = undefined;
        }
        entrance.session.suspect();
        void restore();
      },
      lost() {
        if (wires.get(key) === opening) wires.delete(key);
        void opening.then((wire) => {
          for (const item of wanted.values()) if (item.wire === wire) item.wire = undefined;
          void restore();
        });
      },
    };
    const opening: Promise<SubscriberWire> = access(endpoint).then((known) =>
      openSubscriberWire(known, limits, wireListener),
    );
    wires.set(key, opening);
    opening.catch(() => {
      if (wires.get(key) === opening) wires.delete(key);
    });
    return opening;
  };
  /** Most ordinary channels are heard on any node, so that a wire that stands is as good as another. */
  const place = ({ kind, channel }: Wanted): Promise<SubscriberWire> => {
    const key = kind === 'sharded' ? channel : kind === 'channel' ? listener.near?.(channel) : undefined;
    const [standing] = wires.values();
    if (standing && key === undefined) return standing;
    const endpoint = entrance.session.primaryFor(key);
    return endpoint ? wireTo(endpoint) : Promise.reject(entrance.session.whyNot('the node of this channel'));
  };
  const establish = async (item: Wanted): Promise<void> => {
    const wire = await place(item);
    await wire.subscribe(item.kind, item.channel);
    item.wire = wire;
  };

  const restore = async (): Promise<void> => {
    if (isRestoring || isStopped()) return;
    isRestoring = true;
    listener.interrupted?.();
    try {
      for (let attempt = 0; !isStopped(); attempt += 1) {
        await reenter();
        const missing = [...wanted.values()].filter(({ wire }) => wire === undefined);
        await Promise.all(missing.map((item) => establish(item).catch((cause: unknown) => settleRefusal(item, cause))));
        if ([...wanted.values()].every(({ wire }) => wire !== undefined)) break;
        const backoff = Math.min(25 * 2 ** attempt, entrance.limits.reconnectMs);
        await delay(backoff, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    } finally {
      isRestoring = false;
    }
    if (!isStopped()) listener.reconnected();
  };
  const reenter = async (): Promise<void> => {
    if (!entrance.session.isClosed) return;
    try {
      entrance = await enter();
      unwatch();
      unwatch = watch(entrance);
    } catch (cause) {
      if (cause instanceof ExpectedFailure) for (const item of wanted.values()) refuse(item, cause);
    }
  };
  const settleRefusal = (item: Wanted, cause: unknown): void => {
    if (!(cause instanceof CommandError)) return;
    if (parseRedirect(cause.message, { host: '', port: 0 })) entrance.session.suspect();
    else refuse(item, cause);
  };
  const refuse = (item: Wanted, reason: Error): void => {
    if (wanted.delete(nameOf(item.kind, item.channel))) listener.refused(item.kind, item.channel, reason);
  };

  const subscribe = async (kind: ChannelKind, channel: Buffer): Promise<void> => {
    const name = nameOf(kind, channel);
    const item: Wanted = wanted.get(name) ?? { kind, channel };
    if (item.wire) return;
    try {
      await reenter();
      await establish(item);
      wanted.set(name, item);
    } catch (cause) {
      if (cause instanceof CommandError && parseRedirect(cause.message, { host: '', port: 0 })) {
        entrance.session.suspect();
        throw unreachable('the node of this channel', cause);
      }
      throw cause;
    }
  };
  const close = (): Promise<void> => {
    stopped.abort();
    unwatch();
    wanted.clear();
    for (const wire of wires.values()) void wire.then((open) => open.close()).catch(() => undefined);
    wires.clear();
    onClosed();
    return Promise.resolve();
  };

  return {
    async subscribe(kind, channels) {
      const results = await Promise.allSettled(channels.map((channel) => subscribe(kind, channel)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
    async unsubscribe(kind, channels) {
      await Promise.all(
        channels.map(async (channel) => {
          const name = nameOf(kind, channel);
          const item = wanted.get(name);
          wanted.delete(name);
          await item?.wire?.unsubscribe(kind, channel).catch(() => undefined);
        }),
      );
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function nameOf(kind: ChannelKind, channel: Buffer): string {
  return `${kind}:${channel.toString('latin1')}`;
}
