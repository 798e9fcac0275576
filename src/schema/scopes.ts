import { forbidden } from '../domain/forbidden.js';
import type { Operation } from '../domain/operations.js';
import type { Context } from '../resolvers/context.js';

const mark = 'access';

/**
 * As the `extensions` of a root field: it asks for no operation. What the caller may not see is not found, so that there is
 * nothing to refuse.
 */
export const decidedByWhatIsFound = { [mark]: 'decided by what is found' } as const;

/**
 * The answer of the scope `may`: true where the caller has a grant of each operation, on whatever it may be.
 * @throws Outage FORBIDDEN, which says what is wanted; a scope that is merely false would not
 */
export function demandEach({ principal }: Pick<Context, 'principal'>, wanted: Operation | readonly Operation[]): true {
  for (const operation of typeof wanted === 'string' ? [wanted] : wanted) {
    if (!principal.access.may(operation)) throw forbidden(operation);
  }
  return true;
}
