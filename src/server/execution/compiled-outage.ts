import { GraphQLError, type DocumentNode, type ExecutionResult } from 'graphql';
import { positionsOf } from '../../interop/graphql-jit.js';
import { Outage } from '../../domain/errors.js';

/**
 * The result of a compiled operation as graphql-js gives it, if its only error is an outage. That is an error in words of our own, and
 * no order of several can differ. Undefined for other errors, which compiled code words and orders in its own way.
 */
export function compiledOutage(document: DocumentNode, { errors = [], data = null }: ExecutionResult) {
  const [error, ...others] = errors;
  if (others.length > 0 || !(error?.originalError instanceof Outage)) return undefined;
  const { message, path, originalError } = error;
  const source = document.loc?.source;
  const positions = source && positionsOf(error, source.body);
  return { errors: [new GraphQLError(message, { source, positions, path, originalError })], data };
}
