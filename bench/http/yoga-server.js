// GraphQL Yoga with its defaults.
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { createPeer, typeDefs } from './peer-resolvers.js';

const { context, resolvers } = await createPeer(process.argv[2]);
const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), context });
const server = createServer(yoga).listen(0, '127.0.0.1', () =>
  process.send({ url: `http://127.0.0.1:${server.address().port}/graphql`, pid: process.pid }),
);
process.once('disconnect', () => process.exit());
