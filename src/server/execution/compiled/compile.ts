import { getVariableValues } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { loadGraphqlJit, type Compile, type Run, type Variables } from '../../../interop/graphql-jit.js';
import type { Logger } from '../../../telemetry/log.js';
import { withImmediateLists } from './immediate-lists.js';
import { plainVariables } from './plain-variables.js';

/** Compiles operations that run often. Compiled code is several times as fast as graphql-js, which walks the document on each run. */
export class Compiler {
  readonly schema: GraphQLSchema;
  /** An operation is compiled after this many runs. Compiling takes about as long as a hundred runs. */
  readonly compileAfterRuns: number;
  readonly #log: Logger;
  #compile: Compile | undefined;
  #loading: Promise<void> | undefined;

  constructor(schema: GraphQLSchema, compileAfterRuns: number, log: Logger) {
    this.schema = schema;
    this.compileAfterRuns = compileAfterRuns;
    this.#log = log;
  }

  /** Undefined until the compiler is loaded. The first call starts loading it. */
  get compile(): Compile | undefined {
    if (!this.#compile) void this.loaded();
    return this.#compile;
  }

  /** Resolves once the compiler is loaded. */
  loaded(): Promise<void> {
    return (this.#loading ??= loadGraphqlJit().then(
      (compile) => void (this.#compile = compile),
      (error: unknown) =>
        this.#log.warn({ err: error }, 'the query compiler cannot be loaded; graphql-js executes all operations'),
    ));
  }
}

/** An operation of a document, with its compiled code once it has run often enough. */
export class CompiledOperation {
  /**
   * Whether the last run had errors. graphql-js repeats a compiled run that fails. An operation that keeps failing must not do its work
   * twice each time, so graphql-js alone executes it until it succeeds.
   */
  hasFailed = false;
  readonly #compiler: Compiler;
  readonly #document: DocumentNode;
  readonly #operation: OperationDefinitionNode;
  readonly #acceptsPlain: (variables: Variables) => boolean;
  /** A subscription has one variables object for all of its events, so its variables are checked once. */
  readonly #checked = new WeakMap<object, boolean>();
  #runs = 0;
  #isCompiled = false;
  #run: Run | undefined;

  constructor(compiler: Compiler, document: DocumentNode, operation: OperationDefinitionNode) {
    this.#compiler = compiler;
    this.#document = document;
    this.#operation = operation;
    this.#acceptsPlain = plainVariables(compiler.schema, operation);
  }

  /** Counts a run. Returns undefined until the operation is compiled, and if compiled code might differ from graphql-js. */
  find(variables: Variables): Run | undefined {
    if (!this.#isCompiled) {
      this.#runs += 1;
      if (this.#runs <= this.#compiler.compileAfterRuns) return undefined;
      const { compile } = this.#compiler;
      if (!compile) return undefined;
      const schema = withImmediateLists(this.#compiler.schema, this.#operation);
      this.#run = compile(schema, this.#document, this.#operation);
      this.#isCompiled = true;
    }
    return this.#acceptsPlain(variables) || this.#accepts(variables) ? this.#run : undefined;
  }

  /** Whether graphql-js accepts these variables. Compiled code accepts some that graphql-js rejects. */
  #accepts(variables: Variables): boolean {
    const known = this.#checked.get(variables);
    if (known !== undefined) return known;
    const { errors } = getVariableValues(this.#compiler.schema, this.#operation.variableDefinitions ?? [], variables);
    this.#checked.set(variables, !errors);
    return !errors;
  }
}
