import { isUtf8 } from 'node:buffer';
import type { Argument } from './interfaces.js';

/** Converting longer arguments costs more than writing them as separate chunks. */
const longestText = 256;

/**
 * Converts an argument to text if it is UTF-8. node-redis writes a command that consists of texts as one chunk, but each Buffer as a
 * separate chunk, which makes a short command cost a third more.
 */
export function argumentText(argument: Argument): Argument {
  if (typeof argument === 'string' || argument.length > longestText) return argument;
  return isUtf8(argument) ? argument.toString() : argument;
}
