import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, OperationTypeNode } from 'graphql';
import { evaluateCost, type CostExpression, type Variables } from '../../limits/cost/cost-expression.js';
import type { CostOf } from '../../limits/cost/operation-cost.js';
import { dependsOnCaller } from './caller-independent-fields.js';
import { CompiledOperation, type Compiler } from '../compiled/compile.js';
import { resultVariables } from './result-variables.js';

/**
 * Everything that follows from a valid document and one of its operations, for all callers and variables. Each part is computed once,
 * when it is first needed. A plan lives as long as its document is cached.
 */
export class OperationPlan {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly kind: `${OperationTypeNode}`;
  /** The name in the document. */
  readonly name: string | undefined;
  readonly compiled: CompiledOperation;
  readonly #schema: GraphQLSchema;
  readonly #cost: CostExpression;
  #dependsOnCaller: boolean | undefined;
  #resultVariables: ReadonlySet<string> | undefined;

  constructor({ schema, costOf, compiler }: Planner, document: DocumentNode, operation: OperationDefinitionNode) {
    this.document = document;
    this.operation = operation;
    this.kind = operation.operation;
    this.name = operation.name?.value;
    this.compiled = new CompiledOperation(compiler, document, operation);
    this.#schema = schema;
    this.#cost = costOf(document, operation);
  }

  /** The maximum number of fields that a result with these variables can have. */
  cost(variables: Variables | undefined): number {
    return evaluateCost(this.#cost, variables ?? noVariables);
  }

  /** Whether results may differ by caller. */
  get dependsOnCaller(): boolean {
    return (this.#dependsOnCaller ??= dependsOnCaller(this.#schema, this.document, this.operation));
  }

  /** The names of the variables that an event's result may depend on. */
  get resultVariables(): ReadonlySet<string> {
    return (this.#resultVariables ??= resultVariables(this.#schema, this.document, this.operation));
  }
}

/** The parts of a server that plans are made with. */
export interface Planner {
  readonly schema: GraphQLSchema;
  readonly costOf: CostOf;
  readonly compiler: Compiler;
}

const noVariables: Variables = {};
