/** The connections on which Valkey pushes messages: those of channels, and invalidations of watched keys. */

/** The subscriber connection of a cluster. Channel names and payloads are bytes. */
export interface SubscriberConnection extends AsyncDisposable {
  /**
   * Resolves when Valkey has confirmed all channels, those of key events on every primary. Rejects with `CommandError` if one is
   * refused (NOPERM); the others are subscribed then.
   */
  subscribe(kind: ChannelKind, channels: readonly Buffer[]): Promise<void>;
  unsubscribe(kind: ChannelKind, channels: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
}

export type ChannelKind = 'channel' | 'pattern' | 'sharded';

export interface SubscribedChannel {
  readonly kind: ChannelKind;
  readonly channel: Buffer;
  /** Whether each primary sends other messages. If one is lost, those of the others continue. */
  readonly needsEveryPrimary: boolean;
}

export interface SubscriberListener {
  /** `node` is the address of the node that has sent the message, as `host:port`. */
  message(
    this: void,
    kind: ChannelKind,
    channel: Buffer,
    payload: Buffer,
    pattern: Buffer | undefined,
    node: string,
  ): void;
  /**
   * The key on whose node an ordinary channel is subscribed; undefined if any node is suitable. On that node, the messages that one
   * script publishes arrive together. On other nodes, other messages may come between them.
   */
  slotKey?(this: void, channel: Buffer): Buffer | undefined;
  /** Messages of these channels are lost from now on. `reconnected` or `refused` follows for each of them. */
  interrupted?(this: void, channels: readonly SubscribedChannel[]): void;
  /** These channels are complete again. Their messages in between are lost. */
  reconnected(this: void, channels: readonly SubscribedChannel[]): void;
  /** Valkey refuses a former subscription after a reconnection or an ACL change. The others continue. */
  refused(this: void, kind: ChannelKind, channel: Buffer, reason: Error): void;
}

/**
 * Reports changes of single keys by CLIENT TRACKING, on dedicated connections to the primaries that serve them. It follows failovers
 * and slot moves.
 */
export interface TrackingConnection extends AsyncDisposable {
  /** Tracks the key until `untrack`. Idempotent. */
  track(key: Buffer): void;
  untrack(key: Buffer): void;
  close(): Promise<void>;
}

export interface TrackingListener {
  /**
   * The key is tracked, or has changed: read it now. Each later change calls this again. `hasGap`: changes since the last call may
   * have been missed, because the connection was lost, the key has moved to another node or a database was flushed.
   */
  changed(this: void, key: Buffer, hasGap: boolean): void;
  /** Changes of the key are missed from now on. `changed` with a gap, or `refused`, follows. */
  interrupted(this: void, key: Buffer): void;
  /** The key is no longer tracked: Valkey has refused it, or its node was unreachable when it was to be tracked first. */
  refused(this: void, key: Buffer, reason: Error): void;
}
