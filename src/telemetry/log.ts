import { pino, type DestinationStream, type Logger } from 'pino';
import { withoutSecrets } from './redaction.js';

export type { Logger };
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Structured JSON logs on standard error, as standard output belongs to what the command prints, or where `destination` takes
 * them. Values and secrets are never logged; what looks like a secret all the same is taken out of the line.
 */
export function createLogger(level: LogLevel, destination: DestinationStream = standardError()): Logger {
  return pino({ name: 'cachegraph', level, hooks: { streamWrite: withoutSecrets } }, destination);
}

/** A line that cannot be written, e.g. because the disk is full, is lost; it must not end the process or what logs it. */
function standardError(): DestinationStream {
  // Explicitly `sync`: otherwise a line that cannot be written is tried again for ever when the process exits.
  const stream = pino.destination({ dest: 2, sync: true });
  stream.on('error', () => undefined);
  return stream;
}
