import { getVariableValues } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { loadGraphqlJit, type Compile, type Run, type Variables } from '../../interop/graphql-jit.js';
import type { Logger } from '../../telemetry/log.js';
import { plainVariables } from './plain-variables.js';

/** Compiles operations that run often: compiled code is several times as fast as graphql-js, which walks the document each time. */
export class Compiler {
  readonly schema: GraphQLSchema;
  /** Compiling takes about as long as a hundred runs: it starts after so many. */
  readonly compileAfterRuns: number;
  readonly #log: Logger;
  #compile: Compile | undefined;
  #loading: Promise<void> | undefined;

  constructor(schema: GraphQLSchema, compileAfterRuns: number, log: Logger) {
    this.schema = schema;
    this.compileAfterRuns = compileAfterRuns;
    this.#log = log;
  }

  /** Absent until it is loaded, which the first request for it starts. */
  get compile(): Compile | undefined {
    if (!this.#compile) void this.loaded();
    return this.#compile;
  }

  /** Resolves once the compiler is loaded. */
  loaded(): Promise<void> {
    return (this.#loading ??= loadGraphqlJit(this.schema).then(
      (compile) => void (this.#compile = compile),
      (error: unknown) => this.#log.warn({ err: error }, 'operations are not compiled'),
    ));
  }
}

/** An operation of a document, and the code that it is compiled to once it has run often enough. */
export class CompiledOperation {
  /**
   * Whether the last compiled run had errors. After an error graphql-js runs the operation again, so an operation that keeps failing
   * is left to graphql-js until it succeeds: it must not do its work twice each time.
   */
  hasFailed = false;
  readonly #compiler: Compiler;
  readonly #document: DocumentNode;
  readonly #operation: OperationDefinitionNode;
  readonly #acceptsPlain: (variables: Variables) => boolean;
  /** Variables of a subscription are the same object for all of its events: they are checked once. */
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

  /** Counts a run. Returns nothing until the operation is compiled, or if compiled code might not answer as graphql-js does. */
  find(variables: Variables): Run | undefined {
    if (!this.#isCompiled) {
      this.#runs += 1;
      if (this.#runs <= this.#compiler.compileAfterRuns) return undefined;
      const { compile } = this.#compiler;
      if (!compile) return undefined;
      this.#run = compile(this.#document, this.#operation);
      this.#isCompiled = true;
    }
    return this.#acceptsPlain(variables) || this.#accepts(variables) ? this.#run : undefined;
  }

  /** Whether graphql-js accepts these variables; compiled code accepts some that it does not. */
  #accepts(variables: Variables): boolean {
    const known = this.#checked.get(variables);
    if (known !== undefined) return known;
    const { errors } = getVariableValues(this.#compiler.schema, this.#operation.variableDefinitions ?? [], variables);
    this.#checked.set(variables, !errors);
    return !errors;
  }
}
