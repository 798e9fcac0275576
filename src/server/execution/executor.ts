import { execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';
import type { CompiledOperation } from './compile.js';
import { compiledOutage } from './compiled-outage.js';

/**
 * Runs an operation that may run twice, compiled if it can be, with the same answer as graphql-js: a query, or a selection whose fields
 * follow from the root value and the arguments alone.
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
    // A second run would wait for the same upstream again, and load it twice.
    const outage = compiledOutage(args.document, result);
    if (outage) return outage;
    // Compiled code words and orders errors differently, and reports some that graphql-js does not.
    compiled.hasFailed = true;
    return execute(args);
  });
}
