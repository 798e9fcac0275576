import type { ChannelRules } from '../../../domain/realtime/channel-rules.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { mergePresence, type ChannelPresence, type PresenceChange } from '../../../domain/realtime/presence.js';
import type { Logger } from '../../../telemetry/log.js';
import { createChannelKeys } from '../../valkey/values/channels/channel-keys.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import { createLocalPresences } from './local-presences.js';
import type { ChannelHub } from '../channels/channel-hub.js';
import { openUntilEnd } from '../shared/open-until-end.js';
import type { ChannelRequest, PresenceRequest } from '../interfaces.js';
import { createPresenceStore, type PresenceStore } from './presence-store.js';
import { createPresenceView, type PresenceView } from './presence-view.js';

/** Who is subscribed to the channels with presence: told of this process's subscribers, and read of all. */
export interface PresenceHub {
  /**
   * Opens a subscription of channels, whose subscriber then is present in those that have presence until it is closed.
   * @throws ExpectedFailure NOT_SUPPORTED where it has a name and none of them has presence, QUOTA_EXCEEDED
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

/** Looks within the time after which a process counts as dead: it is missed that much later. */
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
  const views = new Map<string, PresenceView>();

  const processesOf = ({ channel, sharded }: PresenceRequest): Buffer => keys.presence(channel, sharded);
  const storeOf = (request: PresenceRequest): PresenceStore => {
    const processes = processesOf(request);
    const store = { processes, of: (process: string) => keys.presenceOf(processes, process) };
    return createPresenceStore(() => connections.commands(request.cluster), store, rules.presenceTimeoutMs);
  };
  const keyOf = (request: PresenceRequest): string => `${request.cluster} ${processesOf(request).toString('latin1')}`;
  const check = ({ cluster, channel }: PresenceRequest): void => {
    if (!rules.hasPresence(cluster, channel)) throw notPresent('channel');
  };

  const startView = (request: PresenceRequest): PresenceView => {
    const key = keyOf(request);
    const store = storeOf(request);
    const view = createPresenceView(
      request.channel,
      () => store.read(),
      () => {
        views.delete(key);
        clearInterval(looking);
        told.close();
      },
    );
    const looking = setInterval(() => view.refreshSoon(), rules.presenceTimeoutMs / readsPerTimeout).unref();
    const changes = { channels: [processesOf(request)], patterns: [], sharded: false };
    const told = hub(request.cluster).open(
      { ...changes, cluster: request.cluster, overflow: 'KEEP_LATEST' },
      { next: () => view.refreshSoon(), error: (reason) => view.fail(reason), complete: () => undefined },
    );
    // At once, and again when no change can be missed any more.
    view.refreshSoon();
    void hub(request.cluster)
      .whenSubscribed(changes)
      .then(() => view.refreshSoon());
    views.set(key, view);
    return view;
  };

  return {
    join(request, listener, open) {
      const { cluster, channels, sharded, presence } = request;
      const present = channels.filter((channel) => rules.hasPresence(cluster, channel));
      if (present.length === 0) {
        if (presence) throw notPresent('presence');
        return open(listener);
      }
      let undo: (() => void)[] = [];
      const leave = (): void => {
        for (const each of undo) each();
        undo = [];
      };
      const subscription = openUntilEnd(open, listener, leave);
      const refused = (reason: Error): void => {
        if (undo.length === 0) return;
        subscription.close();
        listener.error(reason);
      };
      try {
        for (const channel of present) {
          const of = { cluster, channel, sharded };
          undo.push(presences.enter({ key: keyOf(of), store: () => storeOf(of) }, presence, refused));
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
      return (views.get(keyOf(request)) ?? startView(request)).open(listener);
    },
    close: () => presences.close(),
  };
}

function notPresent(argument: string): ExpectedFailure {
  return new ExpectedFailure(
    'NOT_SUPPORTED',
    'No presence is kept of this channel. Whoever runs this API can have it kept: `--presence` with a pattern, or in the ' +
      'configuration `{"channels": {"presence": [{"pattern": "…"}]}}`.',
    { path: [argument] },
  );
}
