import { pino, type DestinationStream, type Logger } from 'pino';
import { withoutSecrets } from './redaction.js';

export type { Logger };
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Creates a structured JSON logger. It writes to standard error, because standard output belongs to the output of the
 * command. Values and secrets are never logged; as a second safeguard, text that looks like a secret is redacted.
 */
export function createLogger(level: LogLevel, destination: DestinationStream = standardError()): Logger {
  return pino({ name: 'cachegraph', level, hooks: { streamWrite: withoutSecrets } }, destination);
}

/** A line that cannot be written, e.g. because the disk is full, is lost. It must not end the process. */
function standardError(): DestinationStream {
  // Explicitly `sync`: otherwise pino retries a failed write endlessly at exit.
  const stream = pino.destination({ dest: 2, sync: true });
  stream.on('error', () => undefined);
  return writeTogether(stream);
}

/** Characters after which lines are written within the same tick. */
const maxBufferedCharacters = 65_536;

/** Writes the lines of one tick of the event loop together, and the last lines at exit, because each write is a system call. */
export function writeTogether(stream: DestinationStream): DestinationStream {
  let lines = '';
  const flush = (): void => {
    const all = lines;
    lines = '';
    if (all !== '') stream.write(all);
  };
  process.once('exit', flush);
  return {
    write(line) {
      if (lines === '') setImmediate(flush);
      lines += line;
      if (lines.length >= maxBufferedCharacters) flush();
    },
  };
}
