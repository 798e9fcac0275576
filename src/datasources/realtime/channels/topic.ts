import type { ChannelKind } from '../../valkey/push-connections.js';

/** A channel, pattern or sharded channel. */
export interface Topic {
  readonly kind: ChannelKind;
  readonly name: Buffer;
}

/** The key of a topic in a map. Latin-1 maps each byte to its own character; UTF-8 would map all invalid bytes to the same one. */
export function topicKey({ kind, name }: Topic): string {
  return `${kind} ${name.toString('latin1')}`;
}

/** The distinct topics of a request, in an order that does not depend on the order in the request. */
export function topicsOf(request: {
  readonly channels: readonly Buffer[];
  readonly patterns: readonly Buffer[];
  readonly sharded: boolean;
}): ReadonlyMap<string, Topic> {
  const topics: Topic[] = [
    ...request.channels.map((name): Topic => ({ kind: request.sharded ? 'sharded' : 'channel', name })),
    ...request.patterns.map((name): Topic => ({ kind: 'pattern', name })),
  ];
  const keyed = topics.map((topic) => [topicKey(topic), topic] as const);
  return new Map(keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
