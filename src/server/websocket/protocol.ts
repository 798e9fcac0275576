import type { ExecutionArgs } from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import { forgetConnectionParams } from '../../interop/graphql-ws-subscriptions.js';
import { traceParentIn } from '../../telemetry/tracing/trace-parent.js';
import { openSource } from '../delivery/open-source.js';
import { createRequestContext, type RequestContext } from '../execution/request/request-context.js';
import { maskError } from '../execution/results/mask-errors.js';
import { executeInTime } from '../execution/execute-in-time.js';
import { readOperationRequest } from '../execution/request/operation-request.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import { shuttingDown } from '../graceful-shutdown.js';
import type { Handling, SocketConnection } from './connection.js';
import { SocketSubscription, type ProtocolContext } from './subscription.js';
import type { TransportOptions } from '../transport-options.js';

/** One operation on a socket. */
interface Running {
  readonly id: string;
  readonly operation: PreparedOperation;
  readonly context: RequestContext;
  readonly socketContext: ProtocolContext;
  readonly handling: Handling;
}

/** graphql-ws handles the protocol. Results of subscriptions bypass it (see `SocketSubscription`). */
export function createProtocolServer(options: TransportOptions): Server<SocketConnection> {
  const { pipeline, shared, limits, shutdown, log, observer } = options;
  // graphql-ws passes the object that `onSubscribe` returns to `execute` and `subscribe`.
  const running = new WeakMap<ExecutionArgs, Running>();
  const find = (args: ExecutionArgs): Running => {
    const found = running.get(args);
    if (!found) throw new Error('graphql-ws ran an operation that onSubscribe did not return.');
    return found;
  };

  return makeServer<ProtocolContext['connectionParams'], SocketConnection>({
    connectionInitWaitTimeout: limits.connectionInitTimeoutMs,
    async onConnect(socketContext) {
      const { connectionParams, extra: connection } = socketContext;
      forgetConnectionParams(socketContext);
      return connection.init(connectionParams);
    },
    onSubscribe(socketContext, id, payload) {
      const { extra: connection } = socketContext;
      const { handling = {}, caller } = connection;
      const context = createRequestContext(log, caller.principal, () => connection.signal, {
        transport: 'websocket',
        client: caller.quota.client,
        address: caller.address,
        traceParent: traceParentIn(payload.extensions),
      });
      let known: PreparedOperation | undefined;
      try {
        connection.refuseExpired();
        caller.quota.takeOperation();
        if (shutdown.isDraining) throw shuttingDown();
        const operation = pipeline.prepare(readOperationRequest(payload), caller.principal);
        if ('errors' in operation) return observer.refuse(context, operation.errors, operation.refused).errors;
        known = operation;
        caller.quota.begin(operation);
        const { document, name: operationName } = operation.plan;
        const args: ExecutionArgs = { schema: pipeline.schema, document, operationName, contextValue: undefined };
        running.set(args, { id, operation, context, socketContext, handling });
        return args;
      } catch (error) {
        // graphql-ws closes the socket, with all of its operations, if this throws.
        return observer.refuse(context, [error], known).errors;
      }
    },
    async execute(args) {
      const { operation, context, socketContext } = find(args);
      const answer = observer.answer(operation, context, () => executeInTime(operation, context, { limits, shutdown }));
      return await socketContext.extra.operations
        .run(answer)
        .finally(() => socketContext.extra.caller.quota.end(operation.plan.kind));
    },
    async subscribe(args) {
      const { id, operation, context, socketContext, handling } = find(args);
      try {
        const opened = await observer.begin(operation, context, () => openSource(operation, context));
        if ('refusal' in opened) {
          socketContext.extra.caller.quota.end('subscription');
          return opened.refusal;
        }
        const { source } = opened;
        const started = {
          source,
          shared: shared(operation, socketContext.extra.caller.principal.group),
          request: { operation, context },
        };
        const subscription = new SocketSubscription(socketContext, id, started);
        handling.subscription = subscription;
        return subscription.iterator;
      } catch (error) {
        socketContext.extra.caller.quota.end('subscription');
        return { errors: [maskError(error, context)] };
      }
    },
  });
}
