// GraphQL Yoga as its documentation has it: a Redis event target under createPubSub, graphql-ws with Yoga's own execution.
import { createServer } from 'node:http';
import { createPubSub } from '@graphql-yoga/subscription';
import { createRedisEventTarget } from '@graphql-yoga/redis-event-target';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga } from 'graphql-yoga';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';
import { typeDefs } from './peer-schema.js';

const port = Number(process.argv[2]);
const eventTarget = createRedisEventTarget({
  publishClient: new Redis({ port }),
  subscribeClient: new Redis({ port }),
});
const pubSub = createPubSub({ eventTarget });
const resolvers = {
  Subscription: {
    channelMessages: { subscribe: (_, { channel }) => pubSub.subscribe(channel), resolve: (message) => message },
  },
};
const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false });
const server = createServer(yoga);
const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint, perMessageDeflate: false });
useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    async onSubscribe(ctx, _id, params) {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...ctx,
        req: ctx.extra.request,
        socket: ctx.extra.socket,
        params,
      });
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length > 0 ? errors : args;
    },
  },
  sockets,
);
server.listen(0, '127.0.0.1', () => {
  process.once('disconnect', () => process.exit());
  process.send({ url: `ws://127.0.0.1:${server.address().port}/graphql`, pid: process.pid });
});
