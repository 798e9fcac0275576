import type {
  AckMode,
  ChannelDelivery,
  GroupDelivery,
  OverflowPolicy,
  StreamDelivery,
} from '../../domain/realtime/delivery.js';
import type { ChannelPresence, PresenceChange, PresenceClaim } from '../../domain/realtime/presence.js';
import type { ChannelHistory } from '../valkey/values/channels/channel-history.js';
import type { LiveSource } from '../../runtime/live-source.js';
import type { PayloadFilter } from '../../domain/realtime/payload-filter.js';
import type { GroupSample } from '../valkey/values/streams/group-sample.js';

/** Channels, streams and consumer groups as live sources; what is equal is read once upstream, whoever listens. */
export interface Realtime extends AsyncDisposable {
  /**
   * Messages of channels and patterns, at most once. A loss that can be known is told by `gap` at once. Fails with
   * PERMISSION_DENIED where Valkey refuses a channel, with INVALID_STATE where history is asked of a channel that has none,
   * and with the `Outage` SLOW_SUBSCRIBER by policy DISCONNECT.
   */
  channelMessages(request: ChannelRequest): LiveSource<ChannelDelivery>;
  /** Where the messages of a channel are kept; undefined for channels whose messages are not. */
  history(message: { cluster: string; channel: Buffer; sharded: boolean }): ChannelHistory | undefined;
  /**
   * Who is subscribed to a channel, over all processes of this API. Fails with NOT_SUPPORTED where that is not kept, and with
   * PERMISSION_DENIED where the user may not read it.
   */
  channelPresence(request: PresenceRequest): Promise<ChannelPresence>;
  /** The same as it is now, and again at every change. */
  presenceChanges(request: PresenceRequest): LiveSource<PresenceChange>;
  /** Every entry after a position, without loss or repeat while the entries stand in the stream. */
  streamEntries(request: StreamRequest): LiveSource<StreamDelivery>;
  /**
   * One consumer of a group: its own pending entries first, then new ones and what others left. Fails with NOT_FOUND
   * where there is no such group and with INVALID_STATE where this process has a consumer of that name already.
   */
  groupEntries(request: GroupRequest): LiveSource<GroupDelivery>;
  /**
   * How far a group is: as it is now, and again where that has changed. Fails with NOT_FOUND where there is no such group.
   */
  groupProgress(request: ProgressRequest): LiveSource<GroupSample>;
  /** Whether a key or channel is one that this API keeps for itself: what begins with the configured prefix. */
  isOwn(this: void, name: Buffer): boolean;
  /** To be told of entries acknowledged through this process, so that their consumer may be sent more at once. */
  acknowledged(group: GroupName, entryIds: readonly string[]): void;
  /** How far the groups are that this process reads, by cluster; without those that cannot be asked now. */
  groupsRead(): Promise<readonly { readonly cluster: string; readonly sample: GroupSample }[]>;
  /** Ends all subscriptions; consumers leave their groups and offer what they have not acknowledged to the others. */
  close(): Promise<void>;
}

export interface ChannelRequest {
  readonly cluster: string;
  readonly channels: readonly Buffer[];
  readonly patterns: readonly Buffer[];
  /** Whether the channels are sharded (SSUBSCRIBE); there are no sharded patterns. */
  readonly sharded: boolean;
  readonly overflow: OverflowPolicy;
  /** Messages that do not match are not delivered; absent, all are. */
  readonly filter?: PayloadFilter | undefined;
  /** What was published before comes first: for channels with a history only, and none for patterns. */
  readonly history?: HistoryRequest | undefined;
  /** Whether the first delivery announces that the subscription is confirmed. */
  readonly announce?: boolean | undefined;
  /**
   * Counts the patterns as held while the subscription is open, which is called before anything is subscribed; returns how to give
   * them back. What it throws, the subscription fails with.
   */
  readonly holdPatterns?: (() => () => void) | undefined;
  /** Who the subscriber says it is, in channels whose presence is kept; it is counted there without. */
  readonly presence?: PresenceClaim | undefined;
}

export interface PresenceRequest {
  readonly cluster: string;
  readonly channel: Buffer;
  readonly sharded: boolean;
}

export interface HistoryRequest {
  /** How many messages at most, of each channel. */
  readonly last: number;
  /** Rather all those after this cursor; of a single channel only. */
  readonly after?: string | undefined;
}

export interface StreamRequest {
  readonly cluster: string;
  readonly stream: Buffer;
  /** An entry ID, or `$` for what is added from now on. */
  readonly after: string;
  /** Whether the first delivery says that the subscription has begun. */
  readonly announce?: boolean | undefined;
}

/** A consumer group, wherever it is spoken of. */
export interface GroupName {
  readonly cluster: string;
  readonly stream: Buffer;
  readonly group: Buffer;
}

export interface ProgressRequest extends GroupName {
  /** The shortest time between two events. */
  readonly everyMs: number;
}

export interface GroupRequest extends GroupName {
  readonly consumer: Buffer;
  readonly ack: AckMode;
  /** How many entries may be out unacknowledged (MANUAL), or travel in one delivery (ON_SEND). */
  readonly maxInFlight: number;
  /** How long another consumer's entry must have been idle to be taken over. */
  readonly claimIdleMs: number;
  /** Whether the first delivery says that the subscription has begun. */
  readonly announce?: boolean | undefined;
  /** Where entries go that were delivered too often; absent, they are delivered for ever. */
  readonly deadLetters?: { readonly stream: Buffer; readonly maxDeliveries: number } | undefined;
}
