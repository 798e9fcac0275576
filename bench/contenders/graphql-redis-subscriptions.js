// graphql-redis-subscriptions under graphql-ws, both as their documentation has them.
import { once } from 'node:events';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { typeDefs } from './peer-schema.js';

const pubsub = new RedisPubSub({ connection: { port: Number(process.argv[2]) } });
// Leaving its last channel it also sends PUNSUBSCRIBE, which Valkey 8 refuses outside subscribed mode: never be there.
await pubsub.subscribe('held', () => undefined);
const resolvers = {
  Subscription: {
    channelMessages: { subscribe: (_, { channel }) => pubsub.asyncIterator(channel), resolve: (message) => message },
  },
};
const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
useServer({ schema: createSchema({ typeDefs, resolvers }) }, sockets);
if (!sockets.address()) await once(sockets, 'listening');
process.once('disconnect', () => process.exit());
process.send({ url: `ws://127.0.0.1:${sockets.address().port}/`, pid: process.pid });
