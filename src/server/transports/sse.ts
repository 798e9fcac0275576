import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { createBackpressure } from '../delivery/backpressure.js';
import { deliver } from '../delivery/deliver.js';
import { openSource } from '../delivery/open-source.js';
import type { SharedOperations } from '../delivery/shared-operation.js';
import { writeThisTurnTogether } from '../delivery/turn-writer.js';
import type { Caller } from '../execution/caller.js';
import { executeInTime } from '../execution/deadline.js';
import type { PreparedOperation } from '../execution/pipeline.js';
import { serialiseResult } from '../execution/serialise.js';
import type { ServerLimits } from '../limits.js';

const nextPrefix = Buffer.from('event: next\ndata: ');
const eventEnd = Buffer.from('\n\n');
const complete = 'event: complete\ndata:\n\n';

/** Answers an operation as server-sent events, in graphql-sse's "distinct connections" form: `next`…, then `complete`. */
export async function answerEvents(
  request: IncomingMessage,
  response: ServerResponse,
  operation: PreparedOperation,
  caller: Caller,
  options: { limits: ServerLimits; shared: SharedOperations; goingAway: AbortSignal; abort: (reason: Error) => void },
): Promise<void> {
  const { limits } = options;
  if (operation.kind !== 'subscription') {
    writeOnce(response, await executeInTime(operation, caller, limits.operationTimeoutMs, options.abort));
    return;
  }
  const opened = await openSource(operation, caller);
  if ('refusal' in opened) {
    writeOnce(response, opened.refusal);
    return;
  }
  if (response.destroyed) return;
  startEvents(response);

  const backpressure = createBackpressure(request.socket, limits, () => {
    caller.log.warn('an event stream took nothing for too long and was closed');
    response.destroy();
  });
  const end = (lastEvents: string): void => {
    response.end(lastEvents);
  };
  const subscription = deliver(
    opened.source,
    options.shared(operation, caller.principal),
    {
      next(result) {
        writeThisTurnTogether(request.socket);
        response.write(Buffer.concat([nextPrefix, result, eventEnd]));
        backpressure.check();
      },
      error: (reason) => end(`event: next\ndata: ${serialiseResult({ errors: [reason] }).toString()}\n\n${complete}`),
      complete: () => end(complete),
    },
    caller.log,
  );
  backpressure.add(subscription);
  const keepAlive = setInterval(() => response.write(':\n\n'), limits.keepAliveMs).unref();
  // Ended without `complete`: the subscription is not over, and the client may go on with it elsewhere.
  const goAway = (): void => void response.end();
  options.goingAway.addEventListener('abort', goAway);
  response.once('close', () => {
    options.goingAway.removeEventListener('abort', goAway);
    clearInterval(keepAlive);
    backpressure.close();
    subscription.close();
  });
}

/** An answer that is one event. */
export function writeOnce(response: ServerResponse, result: ExecutionResult): void {
  if (response.destroyed) return;
  startEvents(response);
  response.end(Buffer.concat([nextPrefix, serialiseResult(result), eventEnd, Buffer.from(complete)]));
}

function startEvents(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
  // A comment at once: the client knows that it is subscribed before anything has happened.
  response.write(':\n\n');
}
