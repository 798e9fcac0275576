import type { LiveSource, LiveSubscription } from '../../domain/live-source.js';
import type { Logger } from '../../telemetry/log.js';
import { toClientError } from '../execution/client-error.js';
import { isPromise } from '../../domain/maybe-promise.js';
import type { FrameSink } from './frame-sink.js';
import type { SharedOperation } from './shared-operation.js';

/** One subscriber's results on their way. */
export interface Delivery extends LiveSubscription {
  /** The place behind the last result that the sink has got. */
  cursor(): string | undefined;
  /** Takes no more events. Resolves when the results of all that were taken have been sent. */
  finish(): Promise<void>;
}

/**
 * Carries one subscriber's events from its source to its sink, in order, also where some take longer to execute than
 * others. An event that is rendered already is sent in the same turn.
 */
export function deliver(
  source: LiveSource<object>,
  operation: SharedOperation,
  sink: FrameSink,
  log: Logger,
): Delivery {
  let closed = false;
  /** What is still being rendered, oldest first; whatever comes meanwhile must wait behind it. */
  let behind: Promise<void> | undefined;

  const send = (result: Buffer, place: string | undefined): void => {
    if (closed) return;
    cursor = place;
    sink.next(result, place);
  };
  const move = (place: string | undefined): void => {
    if (closed || place === undefined) return;
    cursor = place;
    sink.moved?.(place);
  };
  const end = (tell: () => void): void => {
    if (closed) return;
    closed = true;
    subscription.close();
    tell();
  };
  const fail = (reason: unknown): void => end(() => sink.error(toClientError(reason, log)));
  const inOrder = (step: () => void | Promise<void>): void => {
    const turn: Promise<void> = (behind ?? Promise.resolve())
      .then(step)
      .catch(fail)
      .finally(() => {
        if (behind === turn) behind = undefined;
      });
    behind = turn;
  };

  const subscription = source.open({
    room: sink.room,
    next(event) {
      const place = subscription.cursor?.();
      const result = operation.render(event);
      if (behind || isPromise(result)) inOrder(async () => send(await result, place));
      else send(result, place);
    },
    moved() {
      const place = subscription.cursor?.();
      if (behind) inOrder(() => move(place));
      else move(place);
    },
    error(reason) {
      if (behind) inOrder(() => fail(reason));
      else fail(reason);
    },
    complete() {
      if (behind) inOrder(() => end(sink.complete));
      else end(sink.complete);
    },
  });

  let cursor = subscription.cursor?.();

  return {
    cursor: () => cursor,
    async finish() {
      subscription.pause();
      await subscription.settled?.();
      while (behind) await behind;
    },
    pause: () => subscription.pause(),
    resume: () => subscription.resume(),
    close() {
      closed = true;
      subscription.close();
    },
  };
}
