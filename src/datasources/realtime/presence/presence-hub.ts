import type { ChannelRules } from '../../../domain/realtime/channel-rules.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { mergePresence, type ChannelPresence, type PresenceChange } from '../../../domain/realtime/presence.js';
import type { Logger } from '../../../telemetry/log.js';
import { createChannelKeys } from '../../valkey/values/channels/channel-keys.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import { createLocalPresences } from './local-presences.js';
import type { ChannelHub } from '../channels/channel-hub.js';
import { createSharedParts } from '../shared/shared-parts.js';
import { openUntilEnd } from '../shared/open-until-end.js';
import type { ChannelRequest, PresenceRequest } from '../interfaces.js';
import { createPresenceStore, type PresenceStore } from './presence-store.js';
import { createPresenceView, type PresenceView } from './presence-view.js';

/** Presence: registers this process's subscribers of channels, and reads the subscribers in all processes. */
export interface PresenceHub {
  /**
   * Opens a subscription to channels. Its subscriber is present in those channels that have presence, until the subscription ends.
   * @throws ExpectedFailure NOT_SUPPORTED if it has a name and none of the channels has presence; QUOTA_EXCEEDED
   */
  join<Event>(
    request: ChannelRequest,
    listener: LiveListener<Event>,
    open: (listener: LiveListener<Event>) => LiveSubscription,
  ): LiveSubscription;
  /** @throws ExpectedFailure NOT_SUPPORTED, PERMISSION_DENIED; Outage */
  read(request: PresenceRequest): Promise<ChannelPresence>;
  /** @throws ExpectedFailure NOT_SUPPORTED */
  open(request: PresenceRequest, listener: LiveListener<PresenceChange>): LiveSubscription;
  close(): Promise<void>;
}

/** Reads within the time after which a process counts as dead. They bound how late its expiry is noticed. */
const readsPerTimeout = 6;

export function createPresenceHub({
  connections,
  rules,
  hub,
  log,
}: {
  readonly connections: Pick<ValkeyConnections, 'commands'>;
  readonly rules: ChannelRules;
  readonly hub: (cluster: string) => ChannelHub;
  readonly log: Logger;
}): PresenceHub {
  const keys = createChannelKeys(rules.keyPrefix);
  const presences = createLocalPresences({ timeoutMs: rules.presenceTimeoutMs, log });

  const processesOf = ({ channel, sharded }: PresenceRequest): Buffer => keys.presence(channel, sharded);
  const storeOf = (request: PresenceRequest): PresenceStore => {
    const processes = processesOf(request);
    const store = { processes, of: (process: string) => keys.presenceOf(processes, process) };
    return createPresenceStore(() => connections.commands(request.cluster), store, rules.presenceTimeoutMs);
  };
  const keyOf = (request: PresenceRequest): string => `${request.cluster} ${processesOf(request).toString('latin1')}`;
  const check = ({ cluster, channel }: PresenceRequest): void => {
    if (!rules.hasPresence(cluster, channel)) throw noPresence('channel');
  };

  const startView = (request: PresenceRequest, ended: () => void): PresenceView => {
    const store = storeOf(request);
    const view = createPresenceView(
      request.channel,
      () => store.read(),
      () => {
        ended();
        clearInterval(polling);
        announcements.close();
      },
    );
    const polling = setInterval(() => view.refreshSoon(), rules.presenceTimeoutMs / readsPerTimeout).unref();
    const changes = { channels: [processesOf(request)], patterns: [], sharded: false };
    const announcements = hub(request.cluster).open(
      { ...changes, cluster: request.cluster, overflow: 'KEEP_LATEST' },
      { next: () => view.refreshSoon(), error: (reason) => view.fail(reason), complete: () => undefined },
    );
    // Immediately, and again when no further change can be missed.
    view.refreshSoon();
    void hub(request.cluster)
      .whenSubscribed(changes)
      .then(() => view.refreshSoon());
    return view;
  };
  const views = createSharedParts(keyOf, startView);

  return {
    join(request, listener, open) {
      const { cluster, channels, sharded, presence } = request;
      const present = channels.filter((channel) => rules.hasPresence(cluster, channel));
      if (present.length === 0) {
        if (presence) throw noPresence('presence');
        return open(listener);
      }
      let leaves: (() => void)[] = [];
      const leaveAll = (): void => {
        for (const leave of leaves) leave();
        leaves = [];
      };
      const subscription = openUntilEnd(open, listener, leaveAll);
      const refused = (reason: Error): void => {
        if (leaves.length === 0) return;
        subscription.close();
        listener.error(reason);
      };
      try {
        for (const channel of present) {
          const of = { cluster, channel, sharded };
          leaves.push(presences.enter({ key: keyOf(of), store: () => storeOf(of) }, presence, refused));
        }
      } catch (error) {
        subscription.close();
        throw error;
      }
      return subscription;
    },
    async read(request) {
      check(request);
      return mergePresence(request.channel, await storeOf(request).read());
    },
    open(request, listener) {
      check(request);
      return views.of(request).open(listener);
    },
    close: () => presences.close(),
  };
}

function noPresence(argument: string): ExpectedFailure {
  return new ExpectedFailure(
    'NOT_SUPPORTED',
    'This channel has no presence. The operator of this API can enable it with `--presence` and a pattern, or with the ' +
      'configuration `{"channels": {"presence": [{"pattern": "…"}]}}`.',
    { path: [argument] },
  );
}
