import type { ExecutionArgs } from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import type { LiveSource } from '../../domain/live-source.js';
import type { Principal } from '../../domain/principal.js';
import type { Backpressure } from '../delivery/backpressure.js';
import { deliver } from '../delivery/deliver.js';
import { openSource } from '../delivery/open-source.js';
import type { SharedOperations } from '../delivery/shared-operation.js';
import { createCaller, type Caller } from '../execution/caller.js';
import { toClientError } from '../execution/client-error.js';
import { executeInTime } from '../execution/deadline.js';
import { readOperationRequest } from '../execution/operation-request.js';
import type { PreparedOperation } from '../execution/pipeline.js';
import { createParkedIterator, type ParkedIterator } from './parked-iterator.js';
import { shuttingDown } from './shutting-down.js';
import type { SocketOperations } from './socket-operations.js';
import type { TransportOptions } from './transport-options.js';

/** One client's socket, as graphql-ws carries it through its hooks. */
interface Connection {
  send(this: void, data: Buffer): void;
  readonly backpressure: Backpressure;
  readonly operations: SocketOperations;
  readonly principal: Principal;
  /** Aborted when the socket has closed. */
  readonly signal: AbortSignal;
}

/** One operation on a socket. */
interface Running {
  readonly id: string;
  readonly operation: PreparedOperation;
  readonly caller: Caller;
  readonly connection: Connection;
}

/** graphql-ws keeps the protocol; the results of subscriptions are written by delivery, past it. */
export function createProtocolServer(options: TransportOptions): Server<Connection> {
  const { pipeline, shared, limits, departures, log } = options;
  // graphql-ws passes the arguments that `onSubscribe` returns on to `execute` and `subscribe` as they are.
  const running = new WeakMap<ExecutionArgs, Running>();
  const find = (args: ExecutionArgs): Running => {
    const found = running.get(args);
    if (!found) throw new Error('graphql-ws ran an operation that onSubscribe did not return.');
    return found;
  };

  return makeServer<Record<string, unknown> | undefined, Connection>({
    onSubscribe({ extra: connection }, id, payload) {
      const caller = createCaller(log, connection.principal, () => connection.signal);
      try {
        if (departures.hasBegun) throw shuttingDown();
        const operation = pipeline.prepare(readOperationRequest(payload));
        if ('errors' in operation) return operation.errors;
        const { document, operationName } = operation;
        const args: ExecutionArgs = { schema: pipeline.schema, document, operationName, contextValue: undefined };
        running.set(args, { id, operation, caller, connection });
        return args;
      } catch (error) {
        // Thrown, it would close the socket and every other operation with it.
        return [toClientError(error, caller.log)];
      }
    },
    async execute(args) {
      const { operation, caller, connection } = find(args);
      try {
        const answer = executeInTime(operation, caller, limits.operationTimeoutMs, () => undefined);
        return await connection.operations.run(answer);
      } catch (error) {
        return { errors: [toClientError(error, caller.log)] };
      }
    },
    async subscribe(args) {
      const subscriber = find(args);
      try {
        const opened = await openSource(subscriber.operation, subscriber.caller);
        return 'source' in opened ? startDelivery(opened.source, subscriber, shared) : opened.refusal;
      } catch (error) {
        return { errors: [toClientError(error, subscriber.caller.log)] };
      }
    },
  });
}

/** Writes a source's results to the socket until either side ends it. */
function startDelivery(
  source: LiveSource<object>,
  { id, operation, caller, connection }: Running,
  shared: SharedOperations,
): ParkedIterator {
  const forget = (): void => {
    connection.backpressure.remove(delivery);
    connection.operations.remove(id, delivery);
  };
  const parked = createParkedIterator(() => {
    forget();
    delivery.close();
  });
  const over = (tell: () => void): void => {
    forget();
    tell();
  };
  const prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  const delivery = deliver(
    source,
    shared(operation, caller.principal),
    {
      room: connection.backpressure.room,
      next: (result) => connection.send(Buffer.concat([prefix, result, closingBrace])),
      error: (reason) => over(() => parked.fail(reason)),
      complete: () => over(parked.end),
    },
    caller.log,
  );
  connection.backpressure.add(delivery);
  connection.operations.add(id, delivery);
  return parked;
}

const closingBrace = Buffer.from('}');
