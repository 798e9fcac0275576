import { setImmediate as nextTick } from 'node:timers/promises';
import { buildSchema, GraphQLError, parse, type ExecutionArgs } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type Context, type WebSocket } from 'graphql-ws';
import { expect, test } from 'vitest';
import {
  addSubscription,
  endOfLoop,
  forgetConnectionParams,
  ParkedIterator,
  removeSubscription,
} from '../../../src/interop/graphql-ws-subscriptions.js';

const args: ExecutionArgs = {
  schema: buildSchema('type Query { a: Int } type Subscription { a: Int }'),
  document: parse('subscription { a }'),
  contextValue: undefined,
};
const subscribe = { id: '1', type: 'subscribe', payload: { query: 'subscription { a }' } };

interface Started {
  readonly context: Context;
  readonly iterator: ParkedIterator;
}

/** The protocol server of graphql-ws on a socket that keeps what it sends. `onLoopStart` ends the loop of each subscription. */
async function connect(onLoopStart: (started: Started) => Promise<typeof endOfLoop>) {
  const sent: unknown[] = [];
  const closed: unknown[] = [];
  const received: ExecutionArgs[] = [];
  let returns = 0;
  let handle: (message: string) => Promise<void> = () => Promise.resolve();
  let started: Started | undefined;
  let context: Context | undefined;
  const socket: WebSocket = {
    protocol: GRAPHQL_TRANSPORT_WS_PROTOCOL,
    send: (message) => void sent.push(JSON.parse(message)),
    close: (code) => void closed.push(code),
    onMessage: (handler) => void (handle = handler),
  };
  const server = makeServer({
    onConnect(connected) {
      context = connected;
      forgetConnectionParams(connected);
    },
    onSubscribe: () => args,
    subscribe(given) {
      received.push(given);
      const iterator: ParkedIterator = new ParkedIterator({
        onLoopStart: () => onLoopStart(started!),
        onReturn: () => void (returns += 1),
      });
      started = { context: context!, iterator };
      return Promise.resolve(iterator);
    },
  });
  const close = server.opened(socket, undefined);
  const send = (message: object): Promise<void> => handle(JSON.stringify(message));
  await send({ type: 'connection_init', payload: { authorization: 'canary' } });
  sent.length = 0;
  return {
    ...{ sent, closed, received, send, close },
    context: context!,
    started: () => started!,
    returns: () => returns,
  };
}

const endSilently = ({ context, iterator }: Started): Promise<typeof endOfLoop> => {
  removeSubscription(context, '1', iterator);
  return Promise.resolve(endOfLoop);
};

/** A socket with a subscription in the table whose loop has ended. */
async function connectParked() {
  const socket = await connect(endSilently);
  await socket.send(subscribe);
  const { context, iterator } = socket.started();
  addSubscription(context, '1', iterator);
  await nextTick();
  return { ...socket, context, iterator };
}

test('graphql-ws sends nothing when the loop of an operation ends that is not in its table', async () => {
  const { sent, context, iterator } = await connectParked();
  expect(sent).toEqual([]);
  expect(context.subscriptions).toEqual({ '1': iterator });
});

test('graphql-ws sends complete when the loop of an operation ends that is in its table', async () => {
  const socket = await connect(() => Promise.resolve(endOfLoop));
  await socket.send(subscribe);
  expect(socket.sent).toEqual([{ id: '1', type: 'complete' }]);
});

test('graphql-ws sends the error that its loop fails with, and no complete', async () => {
  const socket = await connect(() => Promise.reject(new GraphQLError('refused', { extensions: { code: 'X' } })));
  await socket.send(subscribe);
  expect(socket.sent).toMatchObject([{ id: '1', type: 'error', payload: [{ message: 'refused' }] }]);
  expect(socket.context.subscriptions).toEqual({});
});

test("graphql-ws ends a parked subscription by the client's complete, and frees its ID", async () => {
  const { send, sent, returns, context } = await connectParked();
  await send({ id: '1', type: 'complete' });
  expect(returns()).toBe(1);
  expect(sent).toEqual([]);
  expect(context.subscriptions).toEqual({});
});

test('graphql-ws ends a parked subscription when its socket closes', async () => {
  const { close, returns } = await connectParked();
  await close(1000, '');
  expect(returns()).toBe(1);
});

test('graphql-ws refuses the ID of a parked subscription', async () => {
  const { send, closed } = await connectParked();
  await send(subscribe);
  expect(closed).toEqual([4409]);
});

test('the ID of a removed subscription can be used again', async () => {
  const { send, closed, started, context, iterator } = await connectParked();
  removeSubscription(
    context,
    '1',
    new ParkedIterator({ onLoopStart: () => Promise.resolve(endOfLoop), onReturn: () => undefined }),
  );
  expect(context.subscriptions).toEqual({ '1': iterator });
  removeSubscription(context, '1', iterator);
  await send(subscribe);
  expect(closed).toEqual([]);
  expect(started().iterator).not.toBe(iterator);
});

test('graphql-ws passes the object that onSubscribe returns to subscribe', async () => {
  const { received } = await connectParked();
  expect(received[0]).toBe(args);
});

test('graphql-ws keeps no payload of connection_init once it is forgotten', async () => {
  const { context } = await connectParked();
  expect(JSON.stringify(context)).not.toContain('canary');
});
