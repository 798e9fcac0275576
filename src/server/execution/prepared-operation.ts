import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationTypeNode,
} from 'graphql';
import { invalidInput } from '../../domain/errors.js';
import { whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';
import { createContext, type PatternBounds, type Services } from '../../resolvers/shared/context.js';
import { maxResultDepth, excessOf } from '../limits/result-size.js';
import { LimitExceeded } from '../limits/limit-exceeded.js';
import type { OnLimit, ServerLimits } from '../limits/server-limits.js';
import type { DependsOnCaller } from './caller-independent-fields.js';
import type { RequestContext } from './request-context.js';
import { maskError } from './mask-errors.js';
import type { Executor } from './executor.js';
import { withoutSuggestions, type IntrospectionPolicy } from './introspection.js';
import { shallowResult } from './serialise.js';
import { isWellFormed } from './well-formed.js';

/** An operation that is well-formed, valid and chosen, and may be run. */
export interface PreparedOperation {
  readonly kind: `${OperationTypeNode}`;
  /** The same object for the same text, so that equal operations are known by it. */
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** The most fields that its answer, or each of its results, can have. */
  readonly cost: number;
  /** Whether its results may differ by who asks. */
  readonly dependsOnCaller: boolean;
  /** Runs it once, with a context of its own: a query or mutation, or a subscription's selection on `event`. */
  execute(context: RequestContext, event?: unknown): MaybePromise<ExecutionResult>;
  /** A subscription's source as its field returned it, or why there is none. */
  openSource(context: RequestContext): Promise<AsyncIterable<unknown> | ExecutionResult>;
}

/** An operation that was refused: what is known of it without executing it. */
export type RefusedOperation = Pick<PreparedOperation, 'kind' | 'document' | 'operationName' | 'variables'>;

/** The parts of a server that run all its operations. */
export interface Engine {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly bounds: PatternBounds;
  readonly executor: Executor;
  readonly dependsOnCaller: DependsOnCaller;
  readonly limits: ServerLimits;
  readonly onLimit: OnLimit | undefined;
  readonly introspection: IntrospectionPolicy;
}

type Chosen = Pick<PreparedOperation, 'kind' | 'document' | 'operationName' | 'variables' | 'cost'>;

export function createPreparedOperation(engine: Engine, chosen: Chosen): PreparedOperation {
  return new SchemaOperation(engine, chosen);
}

const answers: Readonly<Record<PreparedOperation['kind'], string>> = {
  query: 'an answer',
  mutation: 'an answer to the mutation, which has been run,',
  subscription: 'a delivery',
};

/** A class, since every live subscription keeps one, to reauthorize itself with. */
class SchemaOperation implements PreparedOperation {
  readonly kind: PreparedOperation['kind'];
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly cost: number;
  readonly #engine: Engine;

  constructor(engine: Engine, { kind, document, operationName, variables, cost }: Chosen) {
    this.kind = kind;
    this.document = document;
    this.operationName = operationName;
    this.variables = variables;
    this.cost = cost;
    this.#engine = engine;
  }

  get dependsOnCaller(): boolean {
    return this.#engine.dependsOnCaller(this.document, this.operationName);
  }

  execute(context: RequestContext, event?: unknown): MaybePromise<ExecutionResult> {
    const { executor } = this.#engine;
    if (event === undefined && !isWellFormed(this.variables)) return illFormed(context);
    // A mutation never runs twice, nor does a selection that may do something for one caller only.
    const isRepeatable = event === undefined ? this.kind === 'query' : !this.dependsOnCaller;
    const run = isRepeatable ? executor.executeRepeatable : executor.execute;
    return whenKnown(run(this.#args(context, event)), (result) => this.#bounded(context, this.#mask(context, result)));
  }

  /** The result as it is, or an error if it is too long to be written. Its errors count, as clients see them. */
  #bounded(context: RequestContext, result: ExecutionResult): ExecutionResult {
    const { limits, onLimit } = this.#engine;
    const { errors } = result;
    const written = errors ? { ...result, errors: errors.map((error) => error.toJSON()) } : result;
    const excess = excessOf(limits.maxAnswerLength, written);
    if (!excess) return result;
    // Anybody may publish a message that nests deeper: a delivery leaves out the part that is too deep.
    if (excess === 'depth' && this.kind === 'subscription') return this.#bounded(context, shallowResult(result));
    const refusal =
      excess === 'depth'
        ? new LimitExceeded('maxNesting', `${answers[this.kind]} with values in values to a depth`, maxResultDepth)
        : new LimitExceeded('maxAnswerLength', `${answers[this.kind]} of a length`, limits.maxAnswerLength);
    onLimit?.(refusal.limit);
    // A delivery is one of several results, and the subscription goes on.
    return { errors: [maskError(refusal, context)], ...(this.kind === 'subscription' && { data: null }) };
  }

  async openSource(context: RequestContext): Promise<AsyncIterable<unknown> | ExecutionResult> {
    if (!isWellFormed(this.variables)) return illFormed(context);
    const source = await createSourceEventStream(this.#args(context));
    return 'errors' in source ? this.#mask(context, source) : source;
  }

  #args(context: RequestContext, rootValue?: unknown): ExecutionArgs {
    const { schema, services, bounds } = this.#engine;
    return {
      schema,
      document: this.document,
      operationName: this.operationName,
      variableValues: this.variables,
      rootValue,
      contextValue: createContext(services, context, bounds),
    };
  }

  #mask(context: RequestContext, result: ExecutionResult): ExecutionResult {
    if (!result.errors) return result;
    const errors = result.errors.map((error) => maskError(error, context));
    // Of variables that do not fit: documents were looked at before.
    const { mayIntrospect } = this.#engine.introspection;
    return { ...result, errors: mayIntrospect(context.principal) ? errors : withoutSuggestions(errors) };
  }
}

function illFormed(context: RequestContext): ExecutionResult {
  const reason = invalidInput('Expected variables of well-formed Unicode, received a lone surrogate.', ['variables']);
  return { errors: [maskError(reason, context)] };
}
