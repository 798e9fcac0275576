import { canMatchKeyEvents, isKeyEventChannel } from '../../../../domain/realtime/key-event-channels.js';
import type { ChannelKind, SubscribedChannel } from '../../push-connections.js';
import type { SubscriberSocket } from './subscriber-socket.js';

/** The subscription of a topic on one connection. */
interface Place {
  readonly socket: SubscriberSocket;
  isConfirmed: boolean;
}

/**
 * A channel or pattern with the connections on which it is subscribed, by the node's address. Most topics need one connection. Those
 * that can match key events need every primary. This is a class because there are thousands of them.
 */
export class SubscribedTopic implements SubscribedChannel {
  readonly kind: ChannelKind;
  readonly channel: Buffer;
  readonly needsEveryPrimary: boolean;
  /** `opening` until all nodes have confirmed for the first time; `lost` until they confirm again; `left` permanently. */
  state: 'opening' | 'subscribed' | 'lost' | 'left' = 'opening';
  /** The only node whose messages of ordinary channels are accepted, for a pattern that matches them: every node sends them. */
  #home: string | undefined;
  readonly #hasHome: boolean;
  readonly #places = new Map<string, Place>();

  constructor(kind: ChannelKind, channel: Buffer) {
    this.kind = kind;
    this.channel = channel;
    this.needsEveryPrimary =
      (kind === 'channel' && isKeyEventChannel(channel)) || (kind === 'pattern' && canMatchKeyEvents(channel));
    this.#hasHome = kind === 'pattern' && this.needsEveryPrimary && !isKeyEventChannel(channel);
  }

  /** Whether all nodes that the topic needs have confirmed it. */
  isFullySubscribed(primaries: ReadonlySet<string>): boolean {
    if (!this.needsEveryPrimary) return [...this.#places.values()].some(({ isConfirmed }) => isConfirmed);
    return primaries.size > 0 && [...primaries].every((node) => this.#places.get(node)?.isConfirmed === true);
  }

  isOn(node: string): boolean {
    return this.#places.has(node);
  }

  get isNowhere(): boolean {
    return this.#places.size === 0;
  }

  async subscribeOn(node: string, socket: SubscriberSocket): Promise<void> {
    const place: Place = { socket, isConfirmed: false };
    this.#places.set(node, place);
    if (this.#hasHome) this.#home ??= node;
    try {
      await socket.subscribe(this.kind, this.channel);
      place.isConfirmed = true;
    } catch (cause) {
      if (this.#places.get(node) === place) this.lose(node);
      throw cause;
    }
  }

  /** The connection was lost, or the node ended the subscription. Returns false if the topic was not subscribed there. */
  lose(node: string): boolean {
    const wasThere = this.#places.delete(node);
    if (this.#home === node) [this.#home] = this.#places.keys();
    return wasThere;
  }

  loseAll(): void {
    this.#places.clear();
    this.#home = undefined;
  }

  /** Unsubscribes from nodes that are no longer primaries, except the home: a replica sends ordinary messages too. */
  leaveFormer(primaries: ReadonlySet<string>): void {
    const isNeeded = (node: string): boolean => primaries.has(node) || node === this.#home;
    if (this.needsEveryPrimary) void this.#leave([...this.#places.keys()].filter((node) => !isNeeded(node)));
  }

  async leave(): Promise<void> {
    this.state = 'left';
    await this.#leave([...this.#places.keys()]);
  }

  /** Whether messages of this channel are accepted from this node. */
  accepts(channel: Buffer, node: string, primaries: ReadonlySet<string>): boolean {
    if (isKeyEventChannel(channel)) return primaries.has(node) && this.#places.has(node);
    return node === this.#home;
  }

  async #leave(nodes: readonly string[]): Promise<void> {
    const places = nodes.flatMap((node) => this.#places.get(node) ?? []);
    for (const node of nodes) this.lose(node);
    // A lost connection has no subscriptions.
    await Promise.all(places.map(({ socket }) => socket.unsubscribe(this.kind, this.channel).catch(() => undefined)));
  }
}
