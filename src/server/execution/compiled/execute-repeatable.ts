import { execute, GraphQLError, type DocumentNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { Outage } from '../../../domain/errors.js';
import { positionsOf } from '../../../interop/graphql-jit.js';
import { whenKnown, type MaybePromise } from '../../../runtime/maybe-promise.js';
import type { CompiledOperation } from './compile.js';

/**
 * Executes an operation that may run twice: a query, or a selection whose fields follow from the root value and the arguments alone.
 * Runs compiled code if there is any. The result is always the same as that of graphql-js.
 */
export function executeRepeatable(compiled: CompiledOperation, args: ExecutionArgs): MaybePromise<ExecutionResult> {
  const variables = args.variableValues ?? {};
  const run = compiled.find(variables);
  if (!run) return execute(args);
  if (compiled.hasFailed) {
    return whenKnown(execute(args), (result) => {
      compiled.hasFailed = result.errors !== undefined;
      return result;
    });
  }
  return whenKnown(run(args.rootValue, args.contextValue, variables), (result) => {
    if (!result.errors) return result;
    // A second run would wait for the same upstream again, and double its load.
    const outage = singleOutage(args.document, result);
    if (outage) return outage;
    // Compiled code words and orders errors differently, and reports some that graphql-js does not.
    compiled.hasFailed = true;
    return execute(args);
  });
}

/**
 * The result as graphql-js would return it, if its only error is an outage: the message is this API's own, and a single error has no
 * order. Undefined for other errors.
 */
function singleOutage(document: DocumentNode, { errors = [], data = null }: ExecutionResult) {
  const [error, ...others] = errors;
  if (others.length > 0 || !(error?.originalError instanceof Outage)) return undefined;
  const { message, path, originalError } = error;
  const source = document.loc?.source;
  const positions = source && positionsOf(error, source.body);
  return { errors: [new GraphQLError(message, { source, positions, path, originalError })], data };
}
