import { execute, type ExecutionArgs, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Logger } from '../../telemetry/log.js';
import { createCompiledSelections } from './compile.js';
import { compiledOutage } from './compiled-outage.js';
import { whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';

/** Runs operations: the one place that chooses how, for all transports and for delivery. */
export interface Executor {
  /** By graphql-js, exactly once. */
  execute(this: void, args: ExecutionArgs): MaybePromise<ExecutionResult>;
  /**
   * The same answer, several times as fast once the operation is compiled, for operations that may run twice: queries, and
   * selections whose fields follow from the root value and the arguments alone.
   */
  executeRepeatable(this: void, args: ExecutionArgs): MaybePromise<ExecutionResult>;
  /** Resolves once all that `executeRepeatable` needs to be fast is loaded. */
  loaded(): Promise<void>;
}

/** An executor of one schema; what it compiles is kept as long as the document is in use. */
export function createExecutor(schema: GraphQLSchema, compileAfterRuns: number, log: Logger): Executor {
  const compiled = createCompiledSelections(schema, compileAfterRuns, log);
  return {
    execute,
    executeRepeatable(args) {
      const selection = compiled.find(args);
      if (!selection) return execute(args);
      if (selection.hasFailed) {
        return whenKnown(execute(args), (known) => {
          selection.hasFailed = known.errors !== undefined;
          return known;
        });
      }
      const result = selection.run(args.rootValue, args.contextValue, args.variableValues ?? {});
      return whenKnown(result, (known) => {
        if (!known.errors) return known;
        // A second run would wait for the same upstream again, and load it twice.
        const outage = compiledOutage(args.document, known);
        if (outage) return outage;
        // Compiled code words and orders errors differently, and reports some that graphql-js does not.
        selection.hasFailed = true;
        return execute(args);
      });
    },
    loaded: () => compiled.loaded(),
  };
}
