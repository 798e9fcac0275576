import type {
  AckMode,
  ChannelDelivery,
  GroupDelivery,
  OverflowPolicy,
  StreamDelivery,
} from '../../domain/realtime/delivery.js';
import type { ClusterMetrics } from '../../domain/cluster/cluster-metrics.js';
import type { ChannelPresence, PresenceChange, PresenceClaim } from '../../domain/realtime/presence.js';
import type { KeyChange, KeyEventDelivery } from '../../domain/realtime/key-watch.js';
import type { ChannelHistory } from '../valkey/values/channels/channel-history.js';
import type { LiveSource } from '../../runtime/live-source.js';
import type { PayloadFilter } from '../../domain/realtime/payload-filter.js';
import type { GroupSample } from '../valkey/values/streams/group-sample.js';

/** Channels, streams and consumer groups as live sources. Equal subscriptions share one upstream subscription. */
export interface Realtime extends AsyncDisposable {
  /**
   * Messages of channels and patterns, delivered at most once. A detectable loss is reported by `gap` immediately. Fails with
   * PERMISSION_DENIED if Valkey refuses a channel, with NOT_SUPPORTED if history is requested of a channel that has none, and with
   * the `Outage` SLOW_SUBSCRIBER under the policy DISCONNECT.
   */
  channelMessages(request: ChannelRequest): LiveSource<ChannelDelivery>;
  /**
   * Keyspace notifications of all primaries, delivered at most once, with gaps as channels have them. Fails with NOT_SUPPORTED if a
   * primary does not send them, and with PERMISSION_DENIED if Valkey refuses their channels.
   */
  keyEvents(request: KeyEventsRequest): LiveSource<KeyEventDelivery>;
  /** Whether the primaries send keyspace notifications; null if it cannot be known. Rejects like `ValkeyConnections.commands`. */
  sendsKeyEvents(cluster: string): Promise<boolean | null>;
  /**
   * One change at the beginning, then one whenever the key may have changed; several changes in quick succession may be one. Fails with
   * NOT_SUPPORTED if Valkey refuses CLIENT TRACKING, and with PERMISSION_DENIED if the Valkey user may not read the key.
   */
  keyChanges(request: KeyChangesRequest): LiveSource<KeyChange>;
  /** The history in which the messages of a channel are stored; undefined if the channel has none. */
  history(message: { cluster: string; channel: Buffer; sharded: boolean }): ChannelHistory | undefined;
  /**
   * The subscribers of a channel in all processes of this API. Fails with NOT_SUPPORTED if the channel has no presence, and with
   * PERMISSION_DENIED if the Valkey user may not read it.
   */
  channelPresence(request: PresenceRequest): Promise<ChannelPresence>;
  /** The current presence, then each change of it. */
  presenceChanges(request: PresenceRequest): LiveSource<PresenceChange>;
  /** Every entry after a position. Loses and repeats none as long as the entries stay in the stream. */
  streamEntries(request: StreamRequest): LiveSource<StreamDelivery>;
  /**
   * One consumer of a group. It receives its own pending entries first, then new entries and those that other consumers left. Fails
   * with NOT_FOUND if the group does not exist, and with INVALID_STATE if this process already has a consumer of that name.
   */
  groupEntries(request: GroupRequest): LiveSource<GroupDelivery>;
  /** The current progress of a group, then each change of it. Fails with NOT_FOUND if the group does not exist. */
  groupProgress(request: ProgressRequest): LiveSource<GroupSample>;
  /**
   * The load of a cluster at each interval, first after the second sample. Fails if the first sample does; later, nodes that do not
   * answer are part of the events.
   */
  clusterMetrics(request: MetricsRequest): LiveSource<ClusterMetrics>;
  /** Whether a key or channel is reserved for this API: it begins with the configured prefix. */
  isOwn(this: void, name: Buffer): boolean;
  /** Call it after entries were acknowledged through this process. Their consumer can then receive more immediately. */
  acknowledged(group: GroupName, entryIds: readonly string[]): void;
  /** The progress of the groups that this process reads, without those that cannot be sampled now. */
  groupsRead(): Promise<readonly { readonly cluster: string; readonly sample: GroupSample }[]>;
  /** Ends all subscriptions. Consumers leave their groups and offer their unacknowledged entries to the others. */
  close(): Promise<void>;
}

export interface ChannelRequest {
  readonly cluster: string;
  readonly channels: readonly Buffer[];
  readonly patterns: readonly Buffer[];
  /** Whether the channels are sharded (SSUBSCRIBE); there are no sharded patterns. */
  readonly sharded: boolean;
  readonly overflow: OverflowPolicy;
  /** Only matching messages are delivered; without a filter, all messages. */
  readonly filter?: PayloadFilter | undefined;
  /** Earlier messages are delivered first. Requires channels with a history, and no patterns. */
  readonly history?: HistoryRequest | undefined;
  /** Whether the first delivery announces that the subscription is confirmed. */
  readonly announce?: boolean | undefined;
  /**
   * Counts the patterns against the caller's quota. Called before anything is subscribed; the returned function releases them. If it
   * throws, the subscription fails with that error.
   */
  readonly holdPatterns?: (() => () => void) | undefined;
  /** The name and data under which the subscriber is listed in channels with presence. Without it, the subscriber is only counted. */
  readonly presence?: PresenceClaim | undefined;
}

export interface KeyEventsRequest {
  readonly cluster: string;
  /** A pattern of keys. */
  readonly match: Buffer;
  /** Only events of these names; all events without it. */
  readonly events?: readonly string[] | undefined;
  readonly announce?: boolean | undefined;
  /** Counts the pattern of channels, as `ChannelRequest.holdPatterns` does. */
  readonly holdPatterns: (pattern: Buffer) => () => void;
}

export interface KeyChangesRequest {
  readonly cluster: string;
  readonly key: Buffer;
  readonly announce?: boolean | undefined;
}

export interface PresenceRequest {
  readonly cluster: string;
  readonly channel: Buffer;
  readonly sharded: boolean;
}

export interface HistoryRequest {
  /** Most messages of each channel. */
  readonly last: number;
  /** All messages after this cursor instead. Requires a single channel. */
  readonly after?: string | undefined;
}

export interface StreamRequest {
  readonly cluster: string;
  readonly stream: Buffer;
  /** An entry ID, or `$` for the entries that are added from now on. */
  readonly after: string;
  /** Whether the first delivery announces that the subscription has started. */
  readonly announce?: boolean | undefined;
}

export interface GroupName {
  readonly cluster: string;
  readonly stream: Buffer;
  readonly group: Buffer;
}

export interface ProgressRequest extends GroupName {
  /** The shortest time between two events. */
  readonly everyMs: number;
}

export interface MetricsRequest {
  readonly cluster: string;
  /** The time between two samples. */
  readonly everyMs: number;
}

export interface GroupRequest extends GroupName {
  readonly consumer: Buffer;
  readonly ack: AckMode;
  /** Most unacknowledged entries (MANUAL), or most entries in one delivery (ON_SEND). */
  readonly maxInFlight: number;
  /** How long an entry of another consumer must have been idle before it is claimed. */
  readonly claimIdleMs: number;
  /** Whether the first delivery announces that the subscription has started. */
  readonly announce?: boolean | undefined;
  /** The stream for entries that were delivered too often. Without it, they are delivered again without a limit. */
  readonly deadLetters?: { readonly stream: Buffer; readonly maxDeliveries: number } | undefined;
}
