import type { ChannelKind } from '../../valkey/interfaces.js';

/** A channel, pattern or sharded channel as Valkey knows it. */
export interface Topic {
  readonly kind: ChannelKind;
  readonly name: Buffer;
}

/** The topic as a map's key. Latin-1 keeps each byte apart, UTF-8 would fold invalid ones into one. */
export function topicKey({ kind, name }: Topic): string {
  return `${kind} ${name.toString('latin1')}`;
}

/** The topics of a request, each once, in an order that does not depend on how they were listed. */
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
