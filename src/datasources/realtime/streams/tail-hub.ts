import type { StreamDelivery } from '../../../domain/realtime/delivery.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import type { RealtimeLimits } from '../shared/limits.js';
import type { StreamRequest } from '../interfaces.js';
import { createSharedParts } from '../shared/shared-parts.js';
import { reconnectionRetryMs } from '../shared/reconnection-policy.js';
import { readHead, type SendToStream } from './stream-head.js';
import { createStreamPages } from './stream-pages.js';
import { createStreamTail, type StreamTail, type TailedStream } from './stream-tail.js';
import { streamKey, type StreamWatches } from './stream-watches.js';

/** The tails of all streams. The tails of one stream share its watch and its pages. */
export interface TailHub {
  open(request: StreamRequest, listener: LiveListener<StreamDelivery>): LiveSubscription;
  /** Fails the tails of one cluster's streams, or of all. */
  fail(reason: Error, cluster?: string): void;
}

interface SharedStream extends TailedStream {
  readonly tails: Set<StreamTail>;
  unwatch(this: void): void;
  fail(reason: Error): void;
}

export function createTailHub(
  connections: Pick<ValkeyConnections, 'commands'>,
  watches: StreamWatches,
  limits: RealtimeLimits,
): TailHub {
  const share = ({ cluster, stream }: StreamRequest, ended: () => void): SharedStream => {
    const send: SendToStream = async (args) => (await connections.commands(cluster)).send({ args, key: stream });
    const tails = new Set<StreamTail>();
    let revision = 0;
    let retrying: NodeJS.Timeout | undefined;
    let head: Promise<string> | undefined;

    const readAllSoon = (): void => {
      revision += 1;
      pages.renew();
      for (const tail of [...tails]) tail.readSoon();
    };
    const fail = (reason: Error): void => {
      for (const tail of [...tails]) tail.fail(reason);
    };
    const failed = (reason: Error): void => {
      // First, so that a caller that opens again within `error` receives a new shared stream.
      ended();
      fail(reason);
    };
    const restarted = (): void => {
      revision += 1;
      pages.clear();
      for (const tail of [...tails]) tail.restarted();
    };
    const watching = watches.add(cluster, stream, { mayHaveGrown: readAllSoon, restarted, failed });
    const pages = createStreamPages(send, stream, limits, watching.incarnation);
    return {
      tails,
      pages,
      unwatch() {
        ended();
        clearTimeout(retrying);
        watching.end();
      },
      head() {
        // Shared by the tails of this tick only: a tail starts after the entries that were added before it opened.
        if (!head) setImmediate(() => (head = undefined));
        return (head ??= readHead(send, stream));
      },
      revision: () => revision,
      retry() {
        retrying ??= setTimeout(() => {
          retrying = undefined;
          readAllSoon();
        }, reconnectionRetryMs).unref();
      },
      fail,
    };
  };
  const streams = createSharedParts(({ cluster, stream }: StreamRequest) => streamKey(cluster, stream), share);

  return {
    open(request, listener) {
      const shared = streams.of(request);
      const tail = createStreamTail(shared, request, listener, (leaver) => {
        shared.tails.delete(leaver);
        if (shared.tails.size === 0) shared.unwatch();
      });
      shared.tails.add(tail);
      tail.readSoon();
      return tail;
    },
    fail: streams.fail,
  };
}
