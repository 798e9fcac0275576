import { execute, type ExecutionArgs, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Logger } from '../../telemetry/log.js';
import { createCompiledSelections } from './compiled-selections.js';
import { whenKnown, type MaybePromise } from '../../domain/maybe-promise.js';

/** Runs operations: the one place that chooses how, for all transports and for delivery. */
export interface Executor {
  /** By graphql-js. */
  execute(this: void, args: ExecutionArgs): MaybePromise<ExecutionResult>;
  /**
   * The same answer, several times as fast, for what may be run twice: a selection whose fields follow from the root value
   * and the arguments alone.
   */
  executePure(this: void, args: ExecutionArgs): MaybePromise<ExecutionResult>;
  /** Resolves once all that `executePure` needs to be fast is loaded. */
  loaded(): Promise<void>;
}

/** An executor of one schema; what it compiles is kept as long as the document is in use. */
export function createExecutor(schema: GraphQLSchema, compileAfterRuns: number, log: Logger): Executor {
  const compiled = createCompiledSelections(schema, compileAfterRuns, log);
  return {
    execute,
    executePure(args) {
      const selection = compiled.find(args);
      if (!selection) return execute(args);
      const result = selection(args.rootValue, args.contextValue, args.variableValues ?? {});
      // Compiled code tells errors in other words and in another order, and some that there are not.
      return whenKnown(result, (known) => (known.errors ? execute(args) : known));
    },
    loaded: () => compiled.loaded(),
  };
}
