import { constants } from 'node:buffer';
import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { invalidInput } from '../../domain/errors.js';
import { whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';
import { isWellFormed } from '../../runtime/well-formed.js';
import { createContext, type Context, type ServerBounds, type Services } from '../../resolvers/shared/context.js';
import { maxResultDepth, excessOf } from '../limits/result-size.js';
import { LimitExceeded } from '../limits/limit-exceeded.js';
import type { OnLimit, ServerLimits } from '../../config/limits/server-limits.js';
import type { RequestContext } from './request/request-context.js';
import { maskError } from './results/mask-errors.js';
import { executeRepeatable } from './compiled/execute-repeatable.js';
import { withoutSuggestions, type IntrospectionPolicy } from './prepare/introspection.js';
import type { OperationPlan } from './prepare/operation-plan.js';
import { shallowResult } from './results/serialise.js';

/** A valid operation with the variables of one request, ready to be executed. */
export interface PreparedOperation {
  /** Requests with the same text and operation name share one plan, so equal operations can be recognised by it. */
  readonly plan: OperationPlan;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** The maximum number of fields that its result, or each result of a subscription, can have. */
  readonly cost: number;
  /** Executes a query or mutation, or a subscription's selection on one `event`. */
  execute(context: RequestContext, event?: unknown): MaybePromise<ExecutionResult>;
  /** Runs a subscription's field and returns its source, or a result with errors. */
  openSource(context: RequestContext): Promise<AsyncIterable<unknown> | ExecutionResult>;
}

/** An operation that was refused before it was executed. */
export type RefusedOperation = Pick<PreparedOperation, 'plan' | 'variables'>;

/** The parts of a server that all its operations are executed with. */
export interface Engine {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly bounds: ServerBounds;
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

/** Subjects of error messages. */
const resultNames: Readonly<Record<OperationPlan['kind'], string>> = {
  query: 'an answer',
  mutation: 'an answer to the mutation, which was executed,',
  subscription: 'a delivery',
};

/** The bytes of JSON that a byte of a removed value may become: escaped six times as many, and in Base64 beside it. */
const jsonBytesOfRemoved = 8;

/** A class rather than closures, because every live subscription keeps one, to reauthorize itself with. */
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
    if (event === undefined && !isWellFormed(this.variables)) return notWellFormed(context);
    const { plan } = this;
    // A mutation must never run twice, and neither must a selection whose results depend on the caller.
    const isRepeatable = event === undefined ? plan.kind === 'query' : !plan.dependsOnCaller;
    const args = this.#args(context, event);
    const result = isRepeatable ? executeRepeatable(plan.compiled, args) : execute(args);
    return whenKnown(result, (known) =>
      this.#limitSize(context, this.#mask(context, known), this.#maxLength(args.contextValue as Context)),
    );
  }

  /** The answer to a mutation has room for the values that it has removed: they would be lost. */
  #maxLength(context: Context): number {
    const { maxAnswerLength } = this.#engine.limits;
    const removed = this.plan.kind === 'mutation' ? context.removedValues.bytes : 0;
    if (removed === 0) return maxAnswerLength;
    return Math.min(maxAnswerLength + jsonBytesOfRemoved * removed, constants.MAX_STRING_LENGTH);
  }

  /** Replaces a result that is too large by an error. The size includes the errors as clients see them. */
  #limitSize(context: RequestContext, result: ExecutionResult, maxLength: number): ExecutionResult {
    const { limits, onLimit } = this.#engine;
    const { errors } = result;
    const written = errors ? { ...result, errors: errors.map((error) => error.toJSON()) } : result;
    const excess = excessOf(maxLength, written);
    if (!excess) return result;
    // Any publisher can send a deeply nested message, which must not end the subscriptions of others: only the deep part is left out.
    if (excess === 'depth' && this.plan.kind === 'subscription') {
      return this.#limitSize(context, shallowResult(result), maxLength);
    }
    const refusal =
      excess === 'depth'
        ? new LimitExceeded('maxNesting', `${resultNames[this.plan.kind]} with a nesting depth`, maxResultDepth)
        : new LimitExceeded(
            'maxAnswerLength',
            `${resultNames[this.plan.kind]} with a length in bytes`,
            limits.maxAnswerLength,
          );
    onLimit?.(refusal.limit);
    // A delivery is one of many results, so its error must not end the subscription.
    return { errors: [maskError(refusal, context)], ...(this.plan.kind === 'subscription' && { data: null }) };
  }

  async openSource(context: RequestContext): Promise<AsyncIterable<unknown> | ExecutionResult> {
    if (!isWellFormed(this.variables)) return notWellFormed(context);
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
    // Only errors about variables suggest names here: the document is already valid.
    const { mayIntrospect } = this.#engine.introspection;
    return { ...result, errors: mayIntrospect(context.principal) ? errors : withoutSuggestions(errors) };
  }
}

function notWellFormed(context: RequestContext): ExecutionResult {
  const reason = invalidInput('Expected well-formed Unicode in variables, received a lone surrogate.', ['variables']);
  return { errors: [maskError(reason, context)] };
}
