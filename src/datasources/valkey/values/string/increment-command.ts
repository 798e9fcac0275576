import { isInteger64 } from '../../../../domain/key/decimal.js';
import type { Command } from '../../interfaces.js';

/** INCRBY for an integer, whose reply is an integer; INCRBYFLOAT for another decimal, whose reply is text. */
export function incrementCommand(key: Buffer, by: string): Command['args'] {
  return [isInteger64(by) ? 'INCRBY' : 'INCRBYFLOAT', key, by];
}
