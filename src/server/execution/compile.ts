import { getOperationAST, getVariableValues, visit, BREAK, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { ExecutionArgs, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { Logger } from '../../telemetry/log.js';
import type { MaybePromise } from '../../runtime/maybe-promise.js';
import { plainVariables } from './plain-variables.js';

type Variables = Readonly<Record<string, unknown>>;

type Run = (rootValue: unknown, contextValue: unknown, variables: Variables) => MaybePromise<ExecutionResult>;

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
  /** Whether graphql-js accepts these variables; the compiler accepts some that it does not. */
  readonly accepts: (variables: Variables) => boolean;
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
    const known = operations.get(name);
    if (known) return known;
    const accepts = acceptedVariables(schema, getOperationAST(document, name === '' ? undefined : name));
    const created = { runs: 0, isCompiled: false, selection: undefined, accepts };
    operations.set(name, created);
    return created;
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
      return known.accepts(args.variableValues ?? {}) ? known.selection : undefined;
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

/** Variables of a subscription are the same object for all of its events: they are checked once. */
function acceptedVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode | null | undefined,
): (variables: Variables) => boolean {
  const arePlain = plainVariables(schema, operation);
  const checked = new WeakMap<object, boolean>();
  return (variables) => {
    if (arePlain(variables)) return true;
    const known = checked.get(variables);
    if (known !== undefined) return known;
    const { errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], variables);
    checked.set(variables, !errors);
    return !errors;
  };
}
