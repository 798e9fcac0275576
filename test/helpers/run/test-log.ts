import { pino } from 'pino';
import type { Logger } from '../../../src/telemetry/log.js';
import { keepWritten } from './written.js';

/**
 * A log of everything, which nobody reads but the search for secrets at the end of the run. Without the product's second net:
 * what that would take out should not have been logged.
 */
export function testLog(): Logger {
  return pino({ name: 'test', level: 'trace' }, { write: (line) => keepWritten('log', line.trimEnd()) });
}
