import type { ReadLimit } from '../../datasources/valkey/values/read-budget.js';
import type { RemovalLimit } from '../../resolvers/shared/removed-values.js';
import type { OnLimit, ServerLimits } from '../../config/limits/server-limits.js';
import type { CountLimit } from '../../datasources/valkey/values/string/bit-count-limit.js';
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

/** Limits the values that one operation removes and returns to the length of a result, before they are removed. */
export function createRemovalLimit(
  { maxAnswerLength }: Pick<ServerLimits, 'maxAnswerLength'>,
  onLimit?: OnLimit,
): RemovalLimit {
  return {
    maxBytes: maxAnswerLength,
    exceeded(bytes) {
      onLimit?.('maxAnswerLength');
      return new LimitExceeded(
        'maxAnswerLength',
        'values that one operation removes and returns (this one was not removed) with a length in bytes',
        maxAnswerLength,
        bytes,
      );
    },
  };
}

/** Limits how much one field may count. Clients count a longer value in ranges. */
export function createCountLimit(
  { maxCountedBytes }: Pick<ServerLimits, 'maxCountedBytes'>,
  onLimit?: OnLimit,
): CountLimit {
  return {
    maxBytes: maxCountedBytes,
    exceeded(bytes) {
      onLimit?.('maxCountedBytes');
      return new LimitExceeded(
        'maxCountedBytes',
        'a range (`start` and `end` of `bitCount`) with a length in bytes',
        maxCountedBytes,
        bytes,
      );
    },
  };
}
