import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { sizeOf } from '../../../schema/shared/list-size.js';
import { maximum, product, sum, type CostExpression } from './cost-expression.js';
import { argumentCost } from './argument-cost.js';
import { createIntrospectionSizes } from './introspection-sizes.js';

/**
 * The cost of a valid operation: the most fields that its answer can have, by the sizes of lists that the schema declares and by the
 * request's arguments. Fields that a directive may leave out count.
 */
export type CostOf = (document: DocumentNode, operation: OperationDefinitionNode) => CostExpression;

export function createCostOf(schema: GraphQLSchema): CostOf {
  const introspection = createIntrospectionSizes(schema);
  return (document, operation) => {
    const type = schema.getRootType(operation.operation);
    const analysis = new CostAnalysis(schema, document, operation, introspection);
    return type ? analysis.selection(operation.selectionSet, type, undefined) : 0;
  };
}

const metaFields = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]));

/** One operation, which is valid. */
class CostAnalysis {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #introspection: ReadonlyMap<string, number>;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Of selections within a page none is remembered: its size is another each time. */
  readonly #known = new Map<SelectionSetNode, Map<GraphQLObjectType, CostExpression>>();

  constructor(
    schema: GraphQLSchema,
    { definitions }: DocumentNode,
    operation: OperationDefinitionNode,
    introspection: ReadonlyMap<string, number>,
  ) {
    this.#schema = schema;
    this.#operation = operation;
    this.#introspection = introspection;
    this.#fragments = new Map(
      definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
    );
  }

  /** Of the dearest type that may stand there. `page` is how long the lists of a page are, where this is one. */
  selection(set: SelectionSetNode, type: GraphQLCompositeType, page: CostExpression | undefined): CostExpression {
    if (isObjectType(type)) return this.#ofType(set, type, page);
    return maximum(this.#schema.getPossibleTypes(type).map((possible) => this.#ofType(set, possible, page)));
  }

  #ofType(set: SelectionSetNode, type: GraphQLObjectType, page: CostExpression | undefined): CostExpression {
    const known = this.#known.get(set) ?? new Map<GraphQLObjectType, CostExpression>();
    this.#known.set(set, known);
    const existing = page === undefined ? known.get(type) : undefined;
    if (existing !== undefined) return existing;
    const cost = sum(
      set.selections.map((node) => {
        if (node.kind === Kind.FIELD) return this.#field(node, type, page);
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
        const condition = fragment?.typeCondition?.name.value;
        return fragment && this.#mayBe(type, condition) ? this.#ofType(fragment.selectionSet, type, page) : 0;
      }),
    );
    if (page === undefined) known.set(type, cost);
    return cost;
  }

  #field(node: FieldNode, parent: GraphQLObjectType, page: CostExpression | undefined): CostExpression {
    const field = parent.getFields()[node.name.value] ?? metaFields.get(node.name.value);
    if (!field) return 1;
    const { list, work } = sizeOf(field);
    const argument = (name: string): CostExpression => argumentCost(node, field, name, this.#operation);
    const extra = work ? product(argument(work.argument), 1 / work.per) : 0;
    const below = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(below)) return sum([1, extra]);

    const isPage = !list && field.args.some(({ name }) => name === 'first');
    const each = this.selection(node.selectionSet, below, isPage ? argument('first') : undefined);
    let items: CostExpression = this.#introspection.get(`${parent.name}.${field.name}`) ?? 1;
    if (list) items = 'assumed' in list ? list.assumed : 'argument' in list ? argument(list.argument) : (page ?? 1);
    return sum([1, extra, product(items, each)]);
  }

  #mayBe(type: GraphQLObjectType, condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const other = this.#schema.getType(condition);
    return isAbstractType(other) && this.#schema.isSubType(other, type);
  }
}
