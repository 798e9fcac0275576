import { ExpectedFailure } from '../../../domain/errors.js';
import { keyEventPattern, keyOfEventChannel } from '../../../domain/realtime/key-event-channels.js';
import type { ChannelDelivery, ChannelMessage } from '../../../domain/realtime/delivery.js';
import type { KeyEvent, KeyEventDelivery } from '../../../domain/realtime/key-watch.js';
import type { PayloadFilter } from '../../../domain/realtime/payload-filter.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { ChannelHub } from '../channels/channel-hub.js';
import type { KeyEventsRequest } from '../interfaces.js';
import { openUntilEnd } from '../shared/open-until-end.js';
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

export function createKeyEvents({ hub, notifications }: KeyEventsOptions): KeyEvents {
  /** All subscribers of a feed receive the same object, so that it is executed once. */
  const converted = new WeakMap<ChannelDelivery, KeyEventDelivery>();

  const open = (
    { cluster, match, events, announce, holdPatterns }: KeyEventsRequest,
    listener: LiveListener<KeyEventDelivery>,
    database: number,
  ): LiveSubscription => {
    const pattern = keyEventPattern(match, database);
    const filter = events && eventFilter(events);
    const subscription = openUntilEnd<ChannelDelivery>(
      (inner) =>
        hub(cluster).open(
          { cluster, channels: [], patterns: [pattern], sharded: false, overflow: 'DROP_OLDEST', filter, announce },
          inner,
        ),
      {
        ...(listener.budget && { budget: listener.budget }),
        next(delivery) {
          const known = converted.get(delivery);
          const keyEvents = known ?? deliveryOf(cluster, delivery);
          if (!known) converted.set(delivery, keyEvents);
          listener.next(keyEvents);
          if (delivery.gap?.reason === 'RECONNECTED') void checkAgain();
        },
        error: (reason) => listener.error(reason),
        complete: () => listener.complete(),
      },
      holdPatterns(pattern),
    );
    /** Notifications may have been switched off while a node was away. */
    const checkAgain = async (): Promise<void> => {
      try {
        await notifications.check(cluster, events);
      } catch (reason) {
        // Nodes that cannot be asked now are no reason to end the subscription: it is restored when they are back.
        if (!(reason instanceof ExpectedFailure) || reason.code !== 'NOT_SUPPORTED' || isClosed) return;
        close();
        listener.error(reason);
      }
    };
    let isClosed = false;
    const close = (): void => {
      isClosed = true;
      subscription.close();
    };
    return { ...subscription, close };
  };
  return {
    open: (request, listener) =>
      openWhenReady(
        notifications.check(request.cluster, request.events),
        (inner, database) => open(request, inner, database),
        listener,
      ),
  };
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
