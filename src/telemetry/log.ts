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
  return writeTogether(stream);
}

/** As many characters are written at once, also within one turn. */
const longestWrite = 65_536;

/** Writes the lines of one turn of the event loop together, and the last ones at exit: each write is a system call. */
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
      if (lines.length >= longestWrite) flush();
    },
  };
}
