import { getOperationAST, getVariableValues, visit, BREAK, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { Logger } from '../../telemetry/log.js';
import type { MaybePromise } from '../../domain/maybe-promise.js';

type Run = (
  rootValue: unknown,
  contextValue: unknown,
  variables: Readonly<Record<string, unknown>>,
) => MaybePromise<ExecutionResult>;

/** A selection as code of its own, for one operation of one document. */
interface CompiledSelection {
  readonly run: Run;
  /**
   * Whether its last run had errors. Errors make graphql-js run the operation again, so an operation that keeps failing
   * stays with graphql-js until it succeeds: it must not do its work twice each time.
   */
  hasFailed: boolean;
}

type Compile = (document: DocumentNode, operationName: string | undefined) => Run | undefined;

/** Compiles operations that are run again and again: several times as fast as graphql-js, which walks them each time. */
export interface CompiledSelections {
  /** Absent until the operation has run often enough, and for good where it cannot be told to answer as graphql-js does. */
  find(args: ExecutionArgs): CompiledSelection | undefined;
  /** Resolves once the compiler is loaded; it is when it is first asked for. */
  loaded(): Promise<void>;
}

interface Known {
  runs: number;
  isCompiled: boolean;
  selection: CompiledSelection | undefined;
  /** Whether graphql-js would take these variables; the compiler takes some that it would not. */
  readonly accepted: WeakMap<object, boolean>;
}

/**
 * The compiled operations of one server; one lives as long as its document is in use. Compiling takes about as long as a
 * hundred runs: it begins after `compileAfterRuns`.
 */
export function createCompiledSelections(
  schema: GraphQLSchema,
  compileAfterRuns: number,
  log: Logger,
): CompiledSelections {
  const documents = new WeakMap<DocumentNode, Map<string, Known>>();
  let compile: Compile | undefined;
  let loading: Promise<void> | undefined;
  const loaded = (): Promise<void> =>
    (loading ??= loadCompiler(schema).then(
      (compiler) => void (compile = compiler),
      (error: unknown) => log.warn({ err: error }, 'operations are not compiled'),
    ));

  const knownOf = (document: DocumentNode, name: string): Known => {
    const operations = documents.get(document) ?? new Map<string, Known>();
    documents.set(document, operations);
    const known = operations.get(name) ?? { runs: 0, isCompiled: false, selection: undefined, accepted: new WeakMap() };
    operations.set(name, known);
    return known;
  };
  return {
    loaded,
    find(args) {
      const known = knownOf(args.document, args.operationName ?? '');
      if (!known.isCompiled) {
        known.runs += 1;
        if (known.runs <= compileAfterRuns) return undefined;
        if (!compile) return void loaded();
        const run = compile(args.document, args.operationName ?? undefined);
        known.selection = run && { run, hasFailed: false };
        known.isCompiled = true;
      }
      return known.selection && takesVariables(schema, args, known.accepted) ? known.selection : undefined;
    },
  };
}

/** Loaded when it is first needed: it takes a third of the time in which the whole server starts. */
async function loadCompiler(schema: GraphQLSchema): Promise<Compile> {
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  return (document, operationName) => {
    if (!isPlain(document)) return undefined;
    const compiled = compileQuery(schema, document, operationName);
    if (!isCompiledQuery(compiled)) return undefined;
    return (rootValue, contextValue, variables) => compiled.query(rootValue, contextValue, variables);
  };
}

/** graphql-jit puts fields in another order where one of them is skipped, and loses one that is called `__proto__`. */
function isPlain(document: DocumentNode): boolean {
  let plain = true;
  const spoil = (): typeof BREAK => {
    plain = false;
    return BREAK;
  };
  visit(document, {
    Directive: spoil,
    Field: ({ name, alias }) => ((alias ?? name).value === '__proto__' ? spoil() : undefined),
  });
  return plain;
}

function takesVariables(schema: GraphQLSchema, args: ExecutionArgs, known: WeakMap<object, boolean>): boolean {
  const variables = args.variableValues;
  if (!variables) return true;
  const standing = known.get(variables);
  if (standing !== undefined) return standing;
  const definitions = getOperationAST(args.document, args.operationName)?.variableDefinitions ?? [];
  const taken = !getVariableValues(schema, definitions, variables).errors;
  known.set(variables, taken);
  return taken;
}
