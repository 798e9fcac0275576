import { createGlob } from '../../runtime/glob.js';

/** Which channels something is kept of: those of one cluster, or of all, whose name matches the pattern. */
interface ChannelRule {
  readonly cluster?: string | undefined;
  /** As PSUBSCRIBE takes it. */
  readonly pattern: string;
}

/** How much of a channel is kept for those who come later. */
export interface HistoryBounds {
  readonly maxMessages: number;
  /** Absent, age does not matter. */
  readonly maxAgeSeconds?: number | undefined;
}

/** What is kept of channels in their clusters. Off unless a rule says so: it costs memory there, and rights. */
export interface ChannelSettings {
  /** What all keys and channels begin with that this API makes for itself. */
  readonly keyPrefix: string;
  readonly history: readonly (ChannelRule & HistoryBounds)[];
  readonly presence: readonly ChannelRule[];
  /** How long the subscribers of a process that has died without a word are still counted. */
  readonly presenceTimeoutSeconds: number;
}

/** The settings, to be asked about single channels; of several rules that match, the first counts. */
export interface ChannelRules {
  readonly keyPrefix: string;
  readonly presenceTimeoutMs: number;
  /** Whether it is one under the prefix. */
  isOwn(this: void, name: Buffer): boolean;
  historyOf(cluster: string, channel: Buffer): HistoryBounds | undefined;
  hasPresence(cluster: string, channel: Buffer): boolean;
}

/** Nothing is kept of any channel. */
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
  const isOwn = (channel: Buffer): boolean => channel.subarray(0, prefix.length).equals(prefix);
  // What this API tells itself under its prefix has neither, however wide the pattern.
  const find = <Rule>(rules: readonly Compiled<Rule>[], cluster: string, channel: Buffer): Rule | undefined =>
    isOwn(channel) ? undefined : rules.find(({ covers }) => covers(cluster, channel))?.rule;
  return {
    keyPrefix: settings.keyPrefix,
    presenceTimeoutMs: settings.presenceTimeoutSeconds * 1000,
    isOwn,
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
