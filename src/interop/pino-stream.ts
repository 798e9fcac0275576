import { symbols } from 'pino';

export interface LineSink {
  write(line: string): unknown;
}

/**
 * The stream that a logger writes its lines to.
 *
 * Relies on `pino.symbols.streamSym` of pino 10. pino documents that `pino.symbols` exposes non-public state for libraries that
 * integrate with it, but not the value of each symbol. The audit log needs the stream: it writes its lines, which have a form of their
 * own, in order among those of the log.
 *
 * @throws Error if the logger is not one of pino
 */
export function streamOf(log: object): LineSink {
  const stream: unknown = Reflect.get(log, symbols.streamSym);
  if (isSink(stream)) return stream;
  throw new Error('Expected a logger of pino.');
}

function isSink(stream: unknown): stream is LineSink {
  return typeof stream === 'object' && stream !== null && 'write' in stream && typeof stream.write === 'function';
}
