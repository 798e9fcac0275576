import { createChannelRules, noChannelSettings, type ChannelSettings } from '../../domain/realtime/channel-rules.js';
import type { ChannelDelivery, StreamDelivery } from '../../domain/realtime/delivery.js';
import { closedDatasource, invalidInput } from '../../domain/errors.js';
import {
  createLiveSource,
  type LiveListener,
  type LiveSource,
  type LiveSubscription,
} from '../../runtime/live-source.js';
import { isEntryId, normalEntryId } from '../../domain/realtime/stream-id.js';
import type { Logger } from '../../telemetry/log.js';
import type { ValkeyConnections } from '../valkey/interfaces.js';
import { createChannelHub, type ChannelHub } from './channels/channel-hub.js';
import { createGroupHub } from './consumer-groups/group-hub.js';
import { defaultRealtimeLimits, type RealtimeLimits } from './shared/limits.js';
import { createHistoryChannels } from './channels/history-channels.js';
import { createKeyChanges } from './keys/key-changes.js';
import { createKeyEvents } from './keys/key-events.js';
import { createNotifications, type ParameterGroupSetting } from './keys/notifications.js';
import { createPresenceHub } from './presence/presence-hub.js';
import { openUntilEnd } from './shared/open-until-end.js';
import { clusterKey, createSharedParts } from './shared/shared-parts.js';
import type { ChannelRequest, Realtime, StreamRequest } from './interfaces.js';
import { createProgressHub } from './consumer-groups/progress-hub.js';
import { createMetricsHub } from './metrics/metrics-hub.js';
import { createStreamWatches } from './streams/stream-watches.js';
import { createTailHub } from './streams/tail-hub.js';
import { createWaitingSubscriptions } from './shared/waiting-subscriptions.js';

/** Does no I/O until the first subscription opens. Closes the subscriptions, but not `connections`. */
export function createRealtime({
  connections,
  log,
  limits: given = {},
  channelSettings = noChannelSettings,
  notificationsOf = () => Promise.resolve(undefined),
}: {
  readonly connections: ValkeyConnections;
  readonly log: Logger;
  readonly limits?: Partial<RealtimeLimits>;
  /** Which channels have a history or presence; none by default. */
  readonly channelSettings?: ChannelSettings;
  /** Reads the setting of keyspace notifications from a cluster's parameter group, for nodes that refuse CONFIG. */
  readonly notificationsOf?: ParameterGroupSetting;
}): Realtime {
  const limits = { ...defaultRealtimeLimits, ...given };
  const watches = createStreamWatches(connections, { limits, log });
  const tails = createTailHub(connections, watches, limits);
  const groups = createGroupHub(connections, watches, { limits, log });
  const progress = createProgressHub(connections, watches);
  const metrics = createMetricsHub(connections);
  const rules = createChannelRules(channelSettings);
  const historyChannels = createHistoryChannels(rules);
  let isClosed = false;

  const channels = createSharedParts(clusterKey, ({ cluster }, ended) =>
    createChannelHub({
      log,
      limits,
      connect: (listener) => connections.subscriber(cluster, listener),
      slotKey: (channel) => historyChannels.slotKey(cluster, channel),
      rules,
      sendTo: (key) => async (args) => (await connections.commands(cluster)).send({ args, key }),
      ended,
    }),
  );
  const channelHub = (cluster: string): ChannelHub => channels.of({ cluster });
  const keyChanges = createSharedParts(clusterKey, ({ cluster }, ended) =>
    createKeyChanges({ log, limits, connect: (listener) => connections.tracking(cluster, listener), ended }),
  );
  const notifications = createNotifications(connections, notificationsOf);
  const keyEvents = createKeyEvents({ hub: channelHub, notifications });
  const presence = createPresenceHub({ connections, rules, hub: channelHub, log });
  const waiting = createWaitingSubscriptions((cluster, request) => connections.whenUsable(cluster, request));
  const stopListening = connections.onClosed((clusterName, reason) => {
    channels.fail(reason, clusterName);
    keyChanges.fail(reason, clusterName);
    tails.fail(reason, clusterName);
    groups.fail(reason, clusterName);
    progress.fail(reason, clusterName);
    metrics.fail(reason, clusterName);
  });
  /** A subscription that cannot be opened fails in a later microtask, as every subscription does. */
  const source = <Event>(
    cluster: string,
    open: LiveSource<Event>['open'],
    resumeAfter?: LiveSource<Event>['resumeAfter'],
  ): LiveSource<Event> =>
    createLiveSource((listener) => {
      try {
        if (isClosed) throw closedDatasource();
        return waiting.open(cluster, open, listener);
      } catch (error) {
        return failedSubscription(error instanceof Error ? error : closedDatasource(), listener);
      }
    }, resumeAfter);
  const channelMessages = (request: ChannelRequest): LiveSource<ChannelDelivery> =>
    source(
      request.cluster,
      (listener) => {
        const count = request.channels.length + request.patterns.length;
        if (count > limits.maxChannels) {
          throw invalidInput(`Expected at most ${limits.maxChannels} channels and patterns, got ${count}.`, [
            'channels',
          ]);
        }
        const named = { ...request, cluster: nameOf(request) };
        const histories = historyChannels.of(named);
        const open = (outer: LiveListener<ChannelDelivery>): LiveSubscription =>
          presence.join(named, outer, (inner) => channelHub(named.cluster).open(named, inner, histories));
        return request.holdPatterns ? openUntilEnd(open, listener, request.holdPatterns()) : open(listener);
      },
      request.history && request.channels.length === 1
        ? (after) => channelMessages({ ...request, history: { last: 0, after: checkCursor(after) } })
        : undefined,
    );
  const streamEntries = (request: StreamRequest): LiveSource<StreamDelivery> =>
    source(
      request.cluster,
      (listener) => tails.open({ ...request, cluster: nameOf(request) }, listener),
      (cursor) => streamEntries({ ...request, after: checkCursor(cursor) }),
    );

  const close = async (): Promise<void> => {
    isClosed = true;
    stopListening();
    waiting.fail(closedDatasource());
    tails.fail(closedDatasource());
    progress.fail(closedDatasource());
    metrics.fail(closedDatasource());
    const closing = [...channels.all(), ...keyChanges.all()].map((hub) => {
      hub.fail(closedDatasource());
      return hub.close();
    });
    await Promise.all([...closing, groups.close(), presence.close()]);
  };
  return {
    channelMessages,
    keyEvents: (request) =>
      source(request.cluster, (listener) => keyEvents.open({ ...request, cluster: nameOf(request) }, listener)),
    sendsKeyEvents: (cluster) => notifications.areSent(cluster.toLowerCase()),
    keyChanges(request) {
      const cluster = nameOf(request);
      return source(cluster, (listener) => keyChanges.of({ cluster }).open({ ...request, cluster }, listener));
    },
    history: (message) => historyChannels.history(message),
    channelPresence: (request) => presence.read({ ...request, cluster: nameOf(request) }),
    presenceChanges: (request) =>
      source(request.cluster, (listener) => presence.open({ ...request, cluster: nameOf(request) }, listener)),
    streamEntries,
    groupEntries: (request) =>
      source(request.cluster, (listener) => groups.open({ ...request, cluster: nameOf(request) }, listener)),
    groupProgress: (request) =>
      source(request.cluster, (listener) => progress.open({ ...request, cluster: nameOf(request) }, listener)),
    clusterMetrics: (request) =>
      source(request.cluster, (listener) => metrics.open({ ...request, cluster: nameOf(request) }, listener)),
    isOwn: rules.isOwn,
    groupsRead: () => groups.samples(),
    acknowledged(group, entryIds) {
      const named = { ...group, cluster: nameOf(group) };
      groups.acknowledged(named, entryIds.map(normalEntryId));
      progress.acknowledged(named);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Names of clusters are case-insensitive. All spellings of a name share its subscriptions. */
function nameOf({ cluster }: { readonly cluster: string }): string {
  return cluster.toLowerCase();
}

/** @throws ExpectedFailure INVALID_INPUT if the text is not an entry ID */
function checkCursor(cursor: string): string {
  if (isEntryId(cursor)) return cursor;
  throw invalidInput('Expected an entry ID to resume after, such as "1526919030474-55".');
}

function failedSubscription(reason: Error, listener: LiveListener<never>): LiveSubscription {
  let closed = false;
  queueMicrotask(() => {
    if (!closed) listener.error(reason);
  });
  const ignore = (): void => undefined;
  return { pause: ignore, resume: ignore, close: () => void (closed = true) };
}
