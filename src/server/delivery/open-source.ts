import type { ExecutionResult } from 'graphql';
import type { LiveSource } from '../../domain/live-source.js';
import type { Caller } from '../execution/request-context.js';
import type { PreparedOperation } from '../execution/pipeline.js';

/**
 * A subscription's source, or the result that says why it cannot be had. Every subscription field returns a `LiveSource`,
 * which has done nothing until it is opened: to ask for one costs nothing, and it may be thrown away.
 */
export async function openSource(
  operation: PreparedOperation,
  caller: Caller,
): Promise<{ readonly source: LiveSource<object> } | { readonly refusal: ExecutionResult }> {
  const { access } = caller.principal;
  const opened = await operation.openSource(caller);
  // Decided by grants that have changed meanwhile.
  if (caller.principal.access !== access) return openSource(operation, caller);
  if (isLiveSource(opened)) return { source: opened };
  if (Symbol.asyncIterator in opened) throw new Error('A subscription field must return a LiveSource.');
  return { refusal: opened };
}

function isLiveSource(value: object): value is LiveSource<object> {
  return 'open' in value && typeof value.open === 'function';
}
