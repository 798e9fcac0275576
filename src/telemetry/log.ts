import { pino, type Logger } from 'pino';

export type { Logger };
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Structured JSON logs on standard error: standard output belongs to what the command prints. Values and secrets are never logged. */
export function createLogger(level: LogLevel): Logger {
  return pino({ name: 'cachegraph', level }, pino.destination(2));
}
