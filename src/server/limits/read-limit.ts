import type { ReadLimit } from '../../datasources/valkey/values/read-budget.js';
import type { OnLimit, ServerLimits } from '../../config/limits/server-limits.js';
import { LimitExceeded } from './limit-exceeded.js';

/**
 * Limits what the reads of one operation receive to the length of a result. Otherwise, the process would have to hold everything before the
 * length of the result shows that it is too large.
 */
export function createReadLimit(
  { maxAnswerLength }: Pick<ServerLimits, 'maxAnswerLength'>,
  onLimit?: OnLimit,
): ReadLimit {
  return {
    maxBytes: maxAnswerLength,
    exceeded() {
      onLimit?.('maxAnswerLength');
      return new LimitExceeded(
        'maxAnswerLength',
        'values read by one operation with a length in bytes',
        maxAnswerLength,
      );
    },
  };
}
