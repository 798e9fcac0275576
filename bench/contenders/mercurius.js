// Mercurius with mqemitter-redis, as its documentation has them.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import createEmitter from 'mqemitter-redis';
import { typeDefs } from './peer-schema.js';

const emitter = createEmitter({ port: Number(process.argv[2]) });
const app = Fastify();
const resolvers = {
  Subscription: {
    channelMessages: {
      subscribe: (_, { channel }, { pubsub }) => pubsub.subscribe(channel),
      resolve: (message) => message,
    },
  },
};
await app.register(mercurius, { schema: typeDefs, resolvers, subscription: { emitter }, jit: 1 });
await app.listen({ port: 0, host: '127.0.0.1' });
process.once('disconnect', () => process.exit());
process.send({ url: `ws://127.0.0.1:${app.server.address().port}/graphql`, pid: process.pid });
