import { pino } from 'pino';
import type { Logger } from '../../../src/telemetry/log.js';
import { keepWritten } from './written.js';

/**
 * A log of all levels, used only by the search for secrets at the end. Without redaction: anything that it would hide should
 * not be logged.
 */
export function testLog(): Logger {
  return pino({ name: 'test', level: 'trace' }, { write: (line) => keepWritten('log', line.trimEnd()) });
}
