import { getOperationAST, GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';
import { createValueDecoder } from '../../domain/key/decoding/decode-value.js';
import { createPatternReader } from '../../domain/patterns.js';
import type { Principal } from '../../domain/access/principal.js';
import type { Services } from '../../resolvers/shared/context.js';
import type { Logger } from '../../telemetry/log.js';
import { Compiler } from './compiled/compile.js';
import { createDocuments } from './prepare/documents.js';
import { operationCodes } from './results/error-codes.js';
import { createIntrospectionPolicy, withoutSuggestions, type IntrospectionPolicy } from './prepare/introspection.js';
import { checkVariables } from '../limits/document/check-variables.js';
import { createHeldPatterns } from '../limits/quotas/held-patterns.js';
import { limitError, LimitExceeded } from '../limits/limit-exceeded.js';
import { createCountLimit, createReadLimit, createRemovalLimit } from '../limits/read-limit.js';
import { createCostOf } from '../limits/cost/operation-cost.js';
import { defaultLimits, type OnLimit, type ServerLimits } from '../../config/limits/server-limits.js';
import { createFindText, type PersistedOperations } from './prepare/persisted-operations.js';
import type { OperationRequest } from './request/operation-request.js';
import { OperationPlan, type Planner } from './prepare/operation-plan.js';
import { createPreparedOperation, type PreparedOperation, type RefusedOperation } from './prepared-operation.js';

/** The request has no operation that may be executed. */
interface Unprepared {
  readonly errors: readonly GraphQLError[];
  /** Present if the operation is valid and only a limit refuses it. */
  readonly refused?: RefusedOperation;
}

/** Turns a request into an operation that is ready to execute. All transports use the same pipeline. */
export interface Pipeline {
  readonly schema: GraphQLSchema;
  /**
   * Finds the document, checks it, plans its operation and checks variables and cost. The caller decides whether introspection is
   * allowed, and whether errors may suggest names of the schema.
   */
  prepare(request: OperationRequest, principal: Principal): PreparedOperation | Unprepared;
}

export function createPipeline(options: {
  schema: GraphQLSchema;
  services: Services;
  /** The number of runs after which an operation is compiled. */
  compileAfterRuns?: number;
  limits?: ServerLimits;
  /** Documents that clients may request by hash. */
  persisted?: PersistedOperations | undefined;
  onLimit?: OnLimit | undefined;
  /** Everyone may introspect if absent. */
  introspection?: IntrospectionPolicy | undefined;
  log: Logger;
}): Pipeline {
  const { schema, services, compileAfterRuns = 20, limits = defaultLimits, onLimit, log } = options;
  const introspection = options.introspection ?? createIntrospectionPolicy('everyone');
  const documents = createDocuments(schema, limits);
  const findText = createFindText(options.persisted);
  const planner: Planner = {
    schema,
    costOf: createCostOf(schema),
    compiler: new Compiler(schema, compileAfterRuns, log),
  };
  const engine = {
    schema,
    services,
    bounds: {
      patterns: createPatternReader(limits, onLimit),
      heldPatterns: createHeldPatterns(limits, onLimit),
      decodeValue: createValueDecoder(limits, onLimit),
      readLimit: createReadLimit(limits, onLimit),
      countLimit: createCountLimit(limits, onLimit),
      removalLimit: createRemovalLimit(limits, onLimit),
    },
    limits,
    onLimit,
    introspection,
  };
  return {
    schema,
    prepare(request, principal) {
      const { operationName, variables } = request;
      const text = findText(request);
      if (text instanceof GraphQLError) return { errors: [text] };
      const { document, errors, introspects, limit, plans } = documents(text);
      if (limit) onLimit?.(limit);
      if (!document || errors.length > 0) {
        return { errors: introspection.mayIntrospect(principal) ? errors : withoutSuggestions(errors) };
      }
      if (introspects && !introspection.mayIntrospect(principal)) {
        const refusal = introspection.refusal();
        return { errors: [new GraphQLError(refusal.message, { originalError: refusal })] };
      }
      const plan = plans.get(operationName) ?? planOperation(planner, document, operationName);
      if (!plan) return { errors: [unknownOperation(operationName)] };
      plans.set(operationName, plan);
      let cost: number;
      try {
        if (variables) checkVariables(variables, limits);
        cost = checkCost(plan.cost(variables), limits);
      } catch (error) {
        if (!(error instanceof LimitExceeded)) throw error;
        onLimit?.(error.limit);
        return { errors: [limitError(error)], refused: { plan, variables } };
      }
      return createPreparedOperation(engine, plan, variables, cost);
    },
  };
}

/** Undefined if the document has no operation of this name, or if no name is given and it has several. */
function planOperation(planner: Planner, document: DocumentNode, name: string | undefined): OperationPlan | undefined {
  const operation = getOperationAST(document, name);
  return operation ? new OperationPlan(planner, document, operation) : undefined;
}

/** @throws LimitExceeded */
function checkCost(cost: number, { maxCost }: ServerLimits): number {
  if (cost > maxCost) throw new LimitExceeded('maxCost', 'a cost', maxCost, Math.ceil(cost));
  return cost;
}

function unknownOperation(name: string | undefined): GraphQLError {
  const message =
    name === undefined
      ? 'The document has several operations or none: name the one to run with "operationName".'
      : // Only a valid GraphQL name is repeated in the message.
        `The document has no operation ${/^[_A-Za-z]\w{0,99}$/.test(name) ? `named "${name}"` : 'of that name'}.`;
  return new GraphQLError(message, { extensions: { code: operationCodes.operationName } });
}
