import { pino, type DestinationStream, type Logger } from 'pino';
import { withoutSecrets } from './redaction.js';

export type { Logger };
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Structured JSON logs on standard error, as standard output belongs to what the command prints, or where `destination` takes
 * them. Values and secrets are never logged; what looks like a secret all the same is taken out of the line.
 */
export function createLogger(level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger {
  return pino({ name: 'cachegraph', level, hooks: { streamWrite: withoutSecrets } }, destination);
}
