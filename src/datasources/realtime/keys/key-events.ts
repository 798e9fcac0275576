import { ExpectedFailure } from '../../../domain/errors.js';
import { keyEventPattern, keyOfEventChannel } from '../../../domain/realtime/key-event-channels.js';
import type { ChannelDelivery, ChannelMessage } from '../../../domain/realtime/delivery.js';
import type { KeyEvent, KeyEventDelivery } from '../../../domain/realtime/key-watch.js';
import type { PayloadFilter } from '../../../domain/realtime/payload-filter.js';
import type { ByteBudget } from '../../../runtime/byte-budget.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { ChannelHub } from '../channels/channel-hub.js';
import type { KeyEventsRequest } from '../interfaces.js';
import { openWhenReady } from '../shared/open-when-ready.js';
import type { Notifications } from './notifications.js';

/** Keyspace notifications, as messages of their channels. Equal patterns share one upstream subscription. */
export interface KeyEvents {
  open(request: KeyEventsRequest, listener: LiveListener<KeyEventDelivery>): LiveSubscription;
}

interface KeyEventsOptions {
  readonly hub: (cluster: string) => ChannelHub;
  readonly notifications: Notifications;
}

/** Shared by all subscribers. */
interface Shared extends KeyEventsOptions {
  readonly convert: (cluster: string, delivery: ChannelDelivery) => KeyEventDelivery;
}

export function createKeyEvents({ hub, notifications }: KeyEventsOptions): KeyEvents {
  /** All subscribers of a feed receive the same object, so that it is executed once. */
  const converted = new WeakMap<ChannelDelivery, KeyEventDelivery>();
  const convert = (cluster: string, delivery: ChannelDelivery): KeyEventDelivery => {
    const existing = converted.get(delivery);
    if (existing) return existing;
    const keyEvents = deliveryOf(cluster, delivery);
    converted.set(delivery, keyEvents);
    return keyEvents;
  };
  const shared: Shared = { hub, notifications, convert };

  return {
    open: (request, listener) =>
      openWhenReady(
        notifications.check(request.cluster, request.events),
        (inner, database) => new KeyEventSubscriber(request, inner, shared, database),
        listener,
      ),
  };
}

/** A class, since there are thousands of them: each object that a delivery passes through for each of them costs memory and time. */
class KeyEventSubscriber implements LiveListener<ChannelDelivery>, LiveSubscription {
  readonly #request: KeyEventsRequest;
  readonly #listener: LiveListener<KeyEventDelivery>;
  readonly #shared: Shared;
  readonly #subscription: LiveSubscription;
  readonly #releasePattern: () => void;
  #isClosed = false;

  constructor(request: KeyEventsRequest, listener: LiveListener<KeyEventDelivery>, shared: Shared, database: number) {
    const { cluster, match, events, announce } = request;
    const pattern = keyEventPattern(match, database);
    const filter = events && eventFilter(events);
    this.#request = request;
    this.#listener = listener;
    this.#shared = shared;
    this.#releasePattern = request.holdPatterns(pattern);
    try {
      this.#subscription = shared
        .hub(cluster)
        .open(
          { cluster, channels: [], patterns: [pattern], sharded: false, overflow: 'DROP_OLDEST', filter, announce },
          this,
        );
    } catch (error) {
      this.#releasePattern();
      throw error;
    }
  }

  get budget(): ByteBudget | undefined {
    return this.#listener.budget;
  }
  next(delivery: ChannelDelivery): void {
    this.#listener.next(this.#shared.convert(this.#request.cluster, delivery));
    if (delivery.gap?.reason === 'RECONNECTED') void this.#checkAgain();
  }
  error(reason: Error): void {
    this.close();
    this.#listener.error(reason);
  }
  complete(): void {
    this.close();
    this.#listener.complete();
  }
  pause(): void {
    this.#subscription.pause();
  }
  resume(): void {
    this.#subscription.resume();
  }
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#releasePattern();
    this.#subscription.close();
  }

  /** Notifications may have been switched off while a node was away. */
  async #checkAgain(): Promise<void> {
    try {
      await this.#shared.notifications.check(this.#request.cluster, this.#request.events);
    } catch (reason) {
      // Nodes that cannot be asked now are no reason to end the subscription: it is restored when they are back.
      if (!(reason instanceof ExpectedFailure) || reason.code !== 'NOT_SUPPORTED' || this.#isClosed) return;
      this.error(reason);
    }
  }
}

function deliveryOf(cluster: string, { messages, gap, started }: ChannelDelivery): KeyEventDelivery {
  return { events: messages.map((message) => eventOf(cluster, message)), gap, started };
}

function eventOf(cluster: string, { channel, payload, node, receivedAt }: ChannelMessage): KeyEvent {
  return { cluster, key: keyOfEventChannel(channel) ?? channel, event: payload.toString(), node, receivedAt };
}

/** Selects events by their names. The hub leaves out the events of keys that this API uses for itself. */
function eventFilter(events: readonly string[]): PayloadFilter {
  const names = new Set(events);
  return {
    key: JSON.stringify(['key events', [...names].sort()]),
    matches: ({ payload }) => names.has(payload.toString()),
  };
}
