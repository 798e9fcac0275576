import { ExpectedFailure } from '../../../domain/errors.js';
import type { Logger } from '../../../telemetry/log.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import type { RealtimeLimits } from '../shared/limits.js';
import { createStreamIncarnation, type StreamIncarnation } from './stream-incarnation.js';
import { watchStream, type StreamListener } from './stream-watch.js';

/** The watched streams. One blocking connection per stream serves all its tails and groups. */
export interface StreamWatches {
  add(cluster: string, stream: Buffer, listener: StreamListener): StreamWatching;
}

/** One listener's share in the watch of a stream. */
export interface StreamWatching {
  /** Shared by all readers of the stream. */
  readonly incarnation: StreamIncarnation;
  /** Ends the watch of the stream if this is its last listener. */
  end(this: void): void;
}

interface Watch {
  readonly listeners: Set<StreamListener>;
  readonly ending: AbortController;
  readonly incarnation: StreamIncarnation;
}

export function createStreamWatches(
  connections: Pick<ValkeyConnections, 'blocking'>,
  { limits, log }: { limits: RealtimeLimits; log: Logger },
): StreamWatches {
  const watches = new Map<string, Watch>();

  const start = (key: string, cluster: string, stream: Buffer): Watch => {
    const incarnation = createStreamIncarnation();
    const watch: Watch = { listeners: new Set(), ending: new AbortController(), incarnation };
    watches.set(key, watch);
    const notify = (call: (listener: StreamListener) => void): void => [...watch.listeners].forEach(call);
    incarnation.onRestart(() => notify(({ restarted }) => restarted()));
    const options = {
      stream,
      incarnation,
      log,
      blockMs: limits.blockMs,
      connect: () => connections.blocking(cluster, stream),
      mayHaveGrown: () => notify(({ mayHaveGrown }) => mayHaveGrown()),
      failed(reason: Error) {
        if (watches.get(key) === watch) watches.delete(key);
        notify(({ failed }) => failed(reason));
      },
    };
    void watchStream(options, watch.ending.signal);
    return watch;
  };

  return {
    add(cluster, stream, listener) {
      const key = streamKey(cluster, stream);
      const existing = watches.get(key);
      if (!existing && watches.size >= limits.maxStreams) {
        throw new ExpectedFailure('QUOTA_EXCEEDED', `Expected at most ${limits.maxStreams} streams followed at once.`);
      }
      const watch = existing ?? start(key, cluster, stream);
      watch.listeners.add(listener);
      return {
        incarnation: watch.incarnation,
        end() {
          watch.listeners.delete(listener);
          if (watch.listeners.size > 0) return;
          watch.ending.abort();
          if (watches.get(key) === watch) watches.delete(key);
        },
      };
    },
  };
}

/** The key of a stream in a map. Latin-1 maps each byte to its own character. */
export function streamKey(cluster: string, stream: Buffer): string {
  return `${cluster} ${stream.toString('latin1')}`;
}
