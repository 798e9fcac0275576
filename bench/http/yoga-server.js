// GraphQL Yoga with its defaults, and a resolver for each field.
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { createNaivePeer, typeDefs } from './peer-resolvers.js';

const { context, resolvers } = await createNaivePeer(process.argv[2]);
const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), context });
const server = createServer(yoga).listen(0, '127.0.0.1', () =>
  process.send({ url: `http://127.0.0.1:${server.address().port}/graphql`, pid: process.pid }),
);
process.once('disconnect', () => process.exit());
