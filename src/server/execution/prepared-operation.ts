import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { invalidInput } from '../../domain/errors.js';
import { whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';
import { createContext, type PatternBounds, type Services } from '../../resolvers/shared/context.js';
import { maxResultDepth, excessOf } from '../limits/result-size.js';
import { LimitExceeded } from '../limits/limit-exceeded.js';
import type { OnLimit, ServerLimits } from '../../config/limits/server-limits.js';
import type { RequestContext } from './request-context.js';
import { maskError } from './mask-errors.js';
import { executeRepeatable } from './executor.js';
import { withoutSuggestions, type IntrospectionPolicy } from './introspection.js';
import type { OperationPlan } from './operation-plan.js';
import { shallowResult } from './serialise.js';
import { isWellFormed } from './well-formed.js';

/** A valid operation with the variables of one request, ready to run. */
export interface PreparedOperation {
  /** The same object for the same text and operation name, so that equal operations are recognised by it. */
  readonly plan: OperationPlan;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** The most fields that its answer, or each of its results, can have. */
  readonly cost: number;
  /** Runs it once, with a context of its own: a query or mutation, or a subscription's selection on `event`. */
  execute(context: RequestContext, event?: unknown): MaybePromise<ExecutionResult>;
  /** A subscription's source as its field returned it, or why there is none. */
  openSource(context: RequestContext): Promise<AsyncIterable<unknown> | ExecutionResult>;
}

/** An operation that was refused before it was executed. */
export type RefusedOperation = Pick<PreparedOperation, 'plan' | 'variables'>;

/** The parts of a server that run all its operations. */
export interface Engine {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly bounds: PatternBounds;
  readonly limits: ServerLimits;
  readonly onLimit: OnLimit | undefined;
  readonly introspection: IntrospectionPolicy;
}

export function createPreparedOperation(
  engine: Engine,
  plan: OperationPlan,
  variables: PreparedOperation['variables'],
  cost: number,
): PreparedOperation {
  return new SchemaOperation(engine, plan, variables, cost);
}

const answers: Readonly<Record<OperationPlan['kind'], string>> = {
  query: 'an answer',
  mutation: 'an answer to the mutation, which has been run,',
  subscription: 'a delivery',
};

/** A class, since every live subscription keeps one, to reauthorize itself with. */
class SchemaOperation implements PreparedOperation {
  readonly plan: OperationPlan;
  readonly variables: PreparedOperation['variables'];
  readonly cost: number;
  readonly #engine: Engine;

  constructor(engine: Engine, plan: OperationPlan, variables: PreparedOperation['variables'], cost: number) {
    this.plan = plan;
    this.variables = variables;
    this.cost = cost;
    this.#engine = engine;
  }

  execute(context: RequestContext, event?: unknown): MaybePromise<ExecutionResult> {
    if (event === undefined && !isWellFormed(this.variables)) return illFormed(context);
    const { plan } = this;
    // A mutation never runs twice, nor does a selection that may do something for one caller only.
    const isRepeatable = event === undefined ? plan.kind === 'query' : !plan.dependsOnCaller;
    const args = this.#args(context, event);
    const result = isRepeatable ? executeRepeatable(plan.compiled, args) : execute(args);
    return whenKnown(result, (known) => this.#bounded(context, this.#mask(context, known)));
  }

  /** The result as it is, or an error if it is too long to be written. Its errors count, as clients see them. */
  #bounded(context: RequestContext, result: ExecutionResult): ExecutionResult {
    const { limits, onLimit } = this.#engine;
    const { errors } = result;
    const written = errors ? { ...result, errors: errors.map((error) => error.toJSON()) } : result;
    const excess = excessOf(limits.maxAnswerLength, written);
    if (!excess) return result;
    // Anybody may publish a message that nests deeper: a delivery leaves out the part that is too deep.
    if (excess === 'depth' && this.plan.kind === 'subscription') return this.#bounded(context, shallowResult(result));
    const refusal =
      excess === 'depth'
        ? new LimitExceeded('maxNesting', `${answers[this.plan.kind]} with values in values to a depth`, maxResultDepth)
        : new LimitExceeded('maxAnswerLength', `${answers[this.plan.kind]} of a length`, limits.maxAnswerLength);
    onLimit?.(refusal.limit);
    // A delivery is one of several results, and the subscription goes on.
    return { errors: [maskError(refusal, context)], ...(this.plan.kind === 'subscription' && { data: null }) };
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
      document: this.plan.document,
      operationName: this.plan.name,
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
