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
 * The cost of a valid operation: the maximum number of fields that its result can have, by the list sizes that the schema declares and
 * by the request's arguments. Fields with `@skip` or `@include` count.
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

/** Introspection reads nothing. Tools ask for the whole schema at once. */
const introspectedFieldCost = 0.5;

const metaFields = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]));

/** Computes the cost of one valid operation. */
class CostAnalysis {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #introspection: ReadonlyMap<string, number>;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Costs of selections outside of pages. The same selection within a page may have another cost, by the page's size. */
  readonly #cache = new Map<SelectionSetNode, Map<GraphQLObjectType, CostExpression>>();

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

  /** The cost of a selection on the most expensive possible type. `page` is the length of the page's lists if this is a page. */
  selection(set: SelectionSetNode, type: GraphQLCompositeType, page: CostExpression | undefined): CostExpression {
    if (isObjectType(type)) return this.#ofType(set, type, page);
    return maximum(this.#schema.getPossibleTypes(type).map((possible) => this.#ofType(set, possible, page)));
  }

  #ofType(set: SelectionSetNode, type: GraphQLObjectType, page: CostExpression | undefined): CostExpression {
    const byType = this.#cache.get(set) ?? new Map<GraphQLObjectType, CostExpression>();
    this.#cache.set(set, byType);
    const cached = page === undefined ? byType.get(type) : undefined;
    if (cached !== undefined) return cached;
    // Not by `selectedFields`, which expands a fragment at every spread: here each fragment is analysed once for each type.
    const cost = sum(
      set.selections.map((node) => {
        if (node.kind === Kind.FIELD) return this.#field(node, type, page);
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
        const condition = fragment?.typeCondition?.name.value;
        return fragment && this.#mayBe(type, condition) ? this.#ofType(fragment.selectionSet, type, page) : 0;
      }),
    );
    if (page === undefined) byType.set(type, cost);
    return cost;
  }

  #field(node: FieldNode, parent: GraphQLObjectType, page: CostExpression | undefined): CostExpression {
    const field = parent.getFields()[node.name.value] ?? metaFields.get(node.name.value);
    if (!field) return 1;
    const { list, work } = sizeOf(field);
    const argument = (name: string): CostExpression => argumentCost(node, field, name, this.#operation);
    let extra: CostExpression = 0;
    if (work) {
      if ('per' in work) extra = product(argument(work.argument), 1 / work.per);
      else extra = work.given === undefined ? work.fixed : product(argument(work.given), work.fixed);
    }
    const own = parent.name.startsWith('__') ? introspectedFieldCost : 1;
    const below = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(below)) return sum([own, extra]);

    const isPage = !list && field.args.some(({ name }) => name === 'first');
    const each = this.selection(node.selectionSet, below, isPage ? argument('first') : undefined);
    let items: CostExpression = this.#introspection.get(`${parent.name}.${field.name}`) ?? 1;
    if (list) items = 'assumed' in list ? list.assumed : 'argument' in list ? argument(list.argument) : (page ?? 1);
    return sum([own, extra, product(items, each)]);
  }

  #mayBe(type: GraphQLObjectType, condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const other = this.#schema.getType(condition);
    return isAbstractType(other) && this.#schema.isSubType(other, type);
  }
}
