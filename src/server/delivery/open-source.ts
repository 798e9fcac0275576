import type { ExecutionResult } from 'graphql';
import type { LiveSource } from '../../runtime/live-source.js';
import type { RequestContext } from '../execution/request-context.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';

/**
 * A subscription's source, or the result that says why it cannot be had. Every subscription field returns a `LiveSource`,
 * which has done nothing until it is opened: to ask for one costs nothing, and it may be thrown away.
 */
export async function openSource(
  operation: PreparedOperation,
  context: RequestContext,
): Promise<{ readonly source: LiveSource<object> } | { readonly refusal: ExecutionResult }> {
  const { access } = context.principal;
  const opened = await operation.openSource(context);
  // Decided by grants that have changed meanwhile.
  if (context.principal.access !== access) return openSource(operation, context);
  if (isLiveSource(opened)) return { source: opened };
  if (Symbol.asyncIterator in opened) throw new Error('A subscription field must return a LiveSource.');
  return { refusal: opened };
}

function isLiveSource(value: object): value is LiveSource<object> {
  return 'open' in value && typeof value.open === 'function';
}
