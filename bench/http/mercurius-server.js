// Mercurius with its compiler and a DataLoader.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { createLoadingPeer, typeDefs } from './peer-resolvers.js';

const { context, resolvers } = await createLoadingPeer(process.argv[2]);
const app = Fastify();
await app.register(mercurius, { schema: typeDefs, resolvers, context, jit: 1 });
await app.listen({ port: 0, host: '127.0.0.1' });
process.once('disconnect', () => process.exit());
process.send({ url: `http://127.0.0.1:${app.server.address().port}/graphql`, pid: process.pid });
