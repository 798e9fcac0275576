import type { ExecutionArgs } from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import { traceParentIn } from '../../telemetry/tracing/trace-parent.js';
import { openSource } from '../delivery/open-source.js';
import { createCaller, type Caller } from '../execution/request-context.js';
import { toClientError } from '../execution/mask-errors.js';
import { executeInTime } from '../execution/execute-in-time.js';
import { readOperationRequest } from '../execution/operation-request.js';
import type { PreparedOperation } from '../execution/pipeline.js';
import { shuttingDown } from '../graceful-shutdown.js';
import type { Handling, SocketConnection } from './connection.js';
import { SocketSubscription, type ProtocolContext } from './subscription.js';
import type { TransportOptions } from '../transport-options.js';

/** One operation on a socket. */
interface Running {
  readonly id: string;
  readonly operation: PreparedOperation;
  readonly caller: Caller;
  readonly context: ProtocolContext;
  readonly handling: Handling;
}

/** graphql-ws keeps the protocol; the results of subscriptions are written by delivery, past it. */
export function createProtocolServer(options: TransportOptions): Server<SocketConnection> {
  const { pipeline, shared, limits, shutdown, log, observer } = options;
  // graphql-ws passes the arguments that `onSubscribe` returns on to `execute` and `subscribe` as they are.
  const running = new WeakMap<ExecutionArgs, Running>();
  const find = (args: ExecutionArgs): Running => {
    const found = running.get(args);
    if (!found) throw new Error('graphql-ws ran an operation that onSubscribe did not return.');
    return found;
  };

  return makeServer<ProtocolContext['connectionParams'], SocketConnection>({
    connectionInitWaitTimeout: limits.connectionInitTimeoutMs,
    async onConnect(context) {
      const { connectionParams, extra: connection } = context;
      // It may hold a token: not to be kept for as long as the socket lives.
      Object.assign(context, { connectionParams: undefined });
      return connection.enter(connectionParams);
    },
    onSubscribe(context, id, payload) {
      const { extra: connection } = context;
      const { handling = {} } = connection;
      const caller = createCaller(log, connection.principal, () => connection.signal, {
        transport: 'websocket',
        client: connection.quota.client,
        address: connection.address,
        traceParent: traceParentIn(payload.extensions),
      });
      let known: PreparedOperation | undefined;
      try {
        connection.refuseExpired();
        connection.quota.take();
        if (shutdown.isDraining) throw shuttingDown();
        const operation = pipeline.prepare(readOperationRequest(payload), connection.principal);
        if ('errors' in operation) return observer.refuse(caller, operation.errors, operation.refused).errors;
        known = operation;
        connection.quota.begin(operation);
        const { document, operationName } = operation;
        const args: ExecutionArgs = { schema: pipeline.schema, document, operationName, contextValue: undefined };
        running.set(args, { id, operation, caller, context, handling });
        return args;
      } catch (error) {
        // Thrown, it would close the socket and every other operation with it.
        return observer.refuse(caller, [error], known).errors;
      }
    },
    async execute(args) {
      const { operation, caller, context } = find(args);
      const answer = observer.answer(operation, caller, () => executeInTime(operation, caller, { limits, shutdown }));
      return await context.extra.operations.run(answer).finally(() => context.extra.quota.end(operation.kind));
    },
    async subscribe(args) {
      const { id, operation, caller, context, handling } = find(args);
      try {
        const opened = await observer.begin(operation, caller, () => openSource(operation, caller));
        if ('refusal' in opened) {
          context.extra.quota.end('subscription');
          return opened.refusal;
        }
        const { source } = opened;
        const started = {
          source,
          shared: shared(operation, context.extra.principal.group),
          asked: { operation, caller },
        };
        handling.subscription = new SocketSubscription(context, id, started);
        return handling.subscription.entry;
      } catch (error) {
        context.extra.quota.end('subscription');
        return { errors: [toClientError(error, caller)] };
      }
    },
  });
}
