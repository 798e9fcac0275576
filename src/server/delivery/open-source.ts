import type { ExecutionResult } from 'graphql';
import type { LiveSource } from '../../runtime/live-source.js';
import type { RequestContext } from '../execution/request/request-context.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';

/**
 * Resolves with a subscription's source, or with the result that refuses it. Every subscription field returns a `LiveSource`, which
 * acquires nothing until it is opened, so a source may be requested and dropped.
 */
export async function openSource(
  operation: PreparedOperation,
  context: RequestContext,
): Promise<{ readonly source: LiveSource<object> } | { readonly refusal: ExecutionResult }> {
  const { access } = context.principal;
  const opened = await operation.openSource(context);
  // The grants changed meanwhile, so that the decision is out of date.
  if (context.principal.access !== access) return openSource(operation, context);
  if (isLiveSource(opened)) return { source: opened };
  if (Symbol.asyncIterator in opened) throw new Error('A subscription field must return a LiveSource.');
  return { refusal: opened };
}

function isLiveSource(value: object): value is LiveSource<object> {
  return 'open' in value && typeof value.open === 'function';
}
