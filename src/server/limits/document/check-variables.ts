import { LimitExceeded } from '../limit-exceeded.js';
import type { OperationLimits } from '../../../config/limits/operation-limits.js';

/**
 * Checks variables before they are coerced. Limits the lists of all arguments and input fields in one place.
 * @throws LimitExceeded
 */
export function checkVariables(variables: Readonly<Record<string, unknown>>, limits: OperationLimits): void {
  let values = 0;
  // Not recursive: variables may nest deeper than the call stack.
  let level: readonly object[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.maxNesting) throw new LimitExceeded('maxNesting', 'variables to a depth', limits.maxNesting);
    const below: object[] = [];
    for (const container of level) {
      const items: readonly unknown[] = Array.isArray(container) ? container : Object.values(container);
      if (Array.isArray(container) && items.length > limits.maxListLength) {
        throw new LimitExceeded('maxListLength', 'a list', limits.maxListLength, items.length);
      }
      values += items.length;
      if (values > limits.maxVariableValues) {
        throw new LimitExceeded('maxVariableValues', 'a number of values in variables', limits.maxVariableValues);
      }
      for (const item of items) if (typeof item === 'object' && item !== null) below.push(item);
    }
    level = below;
  }
}
