import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { invalidInput } from '../../domain/errors.js';
import type { MaybePromise } from '../../domain/maybe-promise.js';
import { whenKnown } from '../../domain/maybe-promise.js';
import { createContext, type PatternBounds, type Services } from '../../resolvers/context.js';
import { deepestAnswer, excessOf } from '../limits/result-size.js';
import { LimitExceeded, limitError } from '../limits/limit-exceeded.js';
import type { OnLimit, ServerLimits } from '../limits/server-limits.js';
import type { CallerDependence } from './caller-independent-fields.js';
import type { Caller } from './request-context.js';
import { toClientError } from './mask-errors.js';
import type { Executor } from './executor.js';
import { withoutSuggestions, type IntrospectionPolicy } from './introspection.js';
import type { PreparedOperation } from './pipeline.js';
import { isWellFormed } from './well-formed.js';

/** What runs all operations of a server. */
export interface Engine {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly bounds: PatternBounds;
  readonly executor: Executor;
  readonly callerDependence: CallerDependence;
  readonly limits: ServerLimits;
  readonly onLimit: OnLimit | undefined;
  readonly introspection: IntrospectionPolicy;
}

type Chosen = Pick<PreparedOperation, 'kind' | 'document' | 'operationName' | 'variables' | 'cost'>;

const answers: Readonly<Record<PreparedOperation['kind'], string>> = {
  query: 'an answer',
  mutation: 'an answer to the mutation, which has been run,',
  subscription: 'a delivery',
};

/** A class, since every live subscription keeps one, to be asked again by. */
export class ReadyOperation implements PreparedOperation {
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
    return this.#engine.callerDependence(this.document, this.operationName);
  }

  execute(caller: Caller, event?: unknown): MaybePromise<ExecutionResult> {
    const { executor } = this.#engine;
    if (event === undefined && !isWellFormed(this.variables)) return illFormed(caller);
    // A mutation never runs twice, nor does a selection that may do something for one caller only.
    const isRepeatable = event === undefined ? this.kind === 'query' : !this.dependsOnCaller;
    const run = isRepeatable ? executor.executeRepeatable : executor.execute;
    return whenKnown(run(this.#args(caller, event)), (result) => this.#mask(caller, this.#bounded(result)));
  }

  #bounded(result: ExecutionResult): ExecutionResult {
    const { limits, onLimit } = this.#engine;
    const excess = excessOf(limits.maxAnswerLength, result.data);
    // What others have published may nest as deep as it likes: a delivery leaves out what is too deep.
    if (!excess || (excess === 'depth' && this.kind === 'subscription')) return result;
    const refusal =
      excess === 'depth'
        ? new LimitExceeded('maxNesting', `${answers[this.kind]} with values in values to a depth`, deepestAnswer)
        : new LimitExceeded('maxAnswerLength', `${answers[this.kind]} of a length`, limits.maxAnswerLength);
    onLimit?.(refusal.limit);
    // A delivery is one of several results, and the subscription goes on.
    return { errors: [limitError(refusal)], ...(this.kind === 'subscription' && { data: null }) };
  }

  async openSource(caller: Caller): Promise<AsyncIterable<unknown> | ExecutionResult> {
    if (!isWellFormed(this.variables)) return illFormed(caller);
    const source = await createSourceEventStream(this.#args(caller));
    return 'errors' in source ? this.#mask(caller, source) : source;
  }

  #args(caller: Caller, rootValue?: unknown): ExecutionArgs {
    const { schema, services, bounds } = this.#engine;
    return {
      schema,
      document: this.document,
      operationName: this.operationName,
      variableValues: this.variables,
      rootValue,
      contextValue: createContext(services, caller, bounds),
    };
  }

  #mask(caller: Caller, result: ExecutionResult): ExecutionResult {
    if (!result.errors) return result;
    const errors = result.errors.map((error) => toClientError(error, caller));
    // Of variables that do not fit: documents were looked at before.
    const { mayIntrospect } = this.#engine.introspection;
    return { ...result, errors: mayIntrospect(caller.principal) ? errors : withoutSuggestions(errors) };
  }
}

function illFormed(caller: Caller): ExecutionResult {
  const reason = invalidInput('Expected variables of well-formed Unicode, received a lone surrogate.', ['variables']);
  return { errors: [toClientError(reason, caller)] };
}
