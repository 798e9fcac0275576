import { beginsWith } from '../../runtime/begins-with.js';
import { createGlob } from '../../runtime/glob.js';
import { keyOfEventChannel, namesKeys } from './key-event-channels.js';

/** Selects the channels of one cluster, or of all clusters, whose name matches the pattern. */
interface ChannelRule {
  readonly cluster?: string | undefined;
  /** A pattern as for PSUBSCRIBE. */
  readonly pattern: string;
}

/** Bounds of a channel's history. */
export interface HistoryBounds {
  readonly maxMessages: number;
  /** Undefined for any age. */
  readonly maxAgeSeconds?: number | undefined;
}

/**
 * History and presence of channels, which their clusters store. Off by default, because it costs memory there and
 * requires permissions.
 */
export interface ChannelSettings {
  /** The prefix of all keys and channels that this API creates for itself. */
  readonly keyPrefix: string;
  readonly history: readonly (ChannelRule & HistoryBounds)[];
  readonly presence: readonly ChannelRule[];
  /** How long the subscribers of a crashed process are still counted. */
  readonly presenceTimeoutSeconds: number;
}

/** The settings of single channels. If several rules match, the first one applies. */
export interface ChannelRules {
  readonly keyPrefix: string;
  readonly presenceTimeoutMs: number;
  /** Tests whether this API created the key or channel for itself, or whether the events of such a key are sent to the channel. */
  isOwn(this: void, name: Buffer): boolean;
  /** Tests whether a message is an event of a key that this API created for itself, on the channel of all keys with this event. */
  isOfOwnKey(this: void, channel: Buffer, payload: Buffer): boolean;
  historyOf(cluster: string, channel: Buffer): HistoryBounds | undefined;
  hasPresence(cluster: string, channel: Buffer): boolean;
}

/** History and presence are off. */
export const noChannelSettings: ChannelSettings = {
  keyPrefix: 'cachegraph:',
  history: [],
  presence: [],
  presenceTimeoutSeconds: 12,
};

export function createChannelRules(settings: ChannelSettings): ChannelRules {
  const prefix = Buffer.from(settings.keyPrefix);
  const histories = settings.history.map(compile);
  const presences = settings.presence.map(compile);
  const isReserved = (name: Buffer): boolean => beginsWith(name, prefix);
  const isOwn = (name: Buffer): boolean => isReserved(keyOfEventChannel(name) ?? name);
  // The API's own channels have neither, whatever the pattern.
  const find = <Rule>(rules: readonly Compiled<Rule>[], cluster: string, channel: Buffer): Rule | undefined =>
    isOwn(channel) ? undefined : rules.find(({ covers }) => covers(cluster, channel))?.rule;
  return {
    keyPrefix: settings.keyPrefix,
    presenceTimeoutMs: settings.presenceTimeoutSeconds * 1000,
    isOwn,
    isOfOwnKey: (channel, payload) => isReserved(payload) && namesKeys(channel),
    historyOf: (cluster, channel) => find(histories, cluster, channel),
    hasPresence: (cluster, channel) => find(presences, cluster, channel) !== undefined,
  };
}

interface Compiled<Rule> {
  readonly rule: Rule;
  covers(this: void, cluster: string, channel: Buffer): boolean;
}

function compile<Rule extends ChannelRule>(rule: Rule): Compiled<Rule> {
  const named = rule.cluster?.toLowerCase();
  const matches = createGlob(Buffer.from(rule.pattern));
  return {
    rule,
    covers: (cluster, channel) => (named === undefined || named === cluster.toLowerCase()) && matches(channel),
  };
}
