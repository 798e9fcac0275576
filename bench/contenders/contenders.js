import { encode } from 'msgpack-lite';
import { start, startCachegraph } from '../lib/processes.js';

const peerQuery = 'subscription ($topic: String!) { channelMessages(channel: $topic) { payload } }';
const channelQuery =
  'subscription ($topic: String!) { channelMessages(cluster: "bench", channels: [$topic]) { messages { payload } } }';
const streamQuery =
  'subscription ($topic: String!) { streamEntries(cluster: "bench", stream: $topic) { entries { fields { value } } } }';

/** The peers that do the same work with public parts. */
export const peers = ['yoga', 'graphql-redis-subscriptions', 'mercurius + mqemitter-redis'];

let packets = 0;
const asIs = (_channel, payload) => payload;
const asJson = (_channel, payload) => JSON.stringify({ payload });
const asPacket = (topic, payload) => encode({ id: `bench-${packets++}`, msg: { topic, payload: { payload } } });

const bare = {
  'bare frames, coalesced': 'contenders/coalesced.js',
  'bare ws': 'contenders/bare.js',
};

/**
 * Channels: `encode` makes of a payload what the contender's own publisher would have published; the payload is the same
 * text for all.
 */
export const channelContenders = {
  cachegraph: contender((options) => startCachegraph(options), channelQuery, { encode: asIs }),
  ...bareContenders('channels', { encode: asIs }),
  yoga: contender(script('contenders/yoga.js'), peerQuery, { encode: asJson }),
  'graphql-redis-subscriptions': contender(script('contenders/graphql-redis-subscriptions.js'), peerQuery, {
    encode: asJson,
  }),
  'mercurius + mqemitter-redis': contender(script('contenders/mercurius.js'), peerQuery, { encode: asPacket }),
};

/** Tails of streams, which no peer has. */
export const streamContenders = {
  cachegraph: contender((options) => startCachegraph(options), streamQuery),
  ...bareContenders('streams'),
};

function bareContenders(kind, traits) {
  const entries = Object.entries(bare).map(([name, path]) => [name, contender(script(path, kind), peerQuery, traits)]);
  return Object.fromEntries(entries);
}

/** Starts as `{ url, pid, query, … }`; `options` are `port` of the Valkey and `nodeArguments`. */
function contender(begin, query, traits) {
  return async (options) => {
    const { url, pid } = await begin(options);
    return { url: url.replace('http', 'ws'), pid, query, ...traits };
  };
}

function script(path, ...rest) {
  return async ({ port, nodeArguments }) => (await start(path, { nodeArguments }, port, ...rest)).ready;
}
