import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

/** How many objects a list is taken to hold where the cost of an operation is reckoned. */
type ListSize =
  | { readonly assumed: number }
  /** As many as an argument of the field says: a number, or a list's length. */
  | { readonly argument: string }
  /** As many as the argument `first` of the field that the page is of. */
  | { readonly page: true };

/**
 * Lists whose length no argument says. They are taken for about as long as they get in a large installation: what an operation
 * costs is known before it is run, and to its client by docs/cost.md.
 */
const assumed: Readonly<Record<string, number>> = {
  'Cluster.channels': 100,
  'Cluster.nodes': 20,
  'Cluster.shards': 10,
  'Cluster.tags': 10,
  'Cluster.userGroups': 5,
  'Shard.replicas': 5,
  'User.userGroups': 5,
  'UserGroup.clusters': 10,
  'UserGroup.users': 20,
  'HashKey.allFields': 100,
  'StreamKey.groups': 10,
  'ConsumerGroup.consumers': 20,
  'StreamEntry.fields': 10,
  'ChannelDelivery.messages': 10,
  'ChannelPresenceChange.joined': 10,
  'ChannelPresenceChange.left': 10,
  'ChannelPresenceChange.updated': 10,
  'GroupDelivery.entries': 10,
  'StreamDelivery.entries': 10,
  'Viewer.grants': 10,
};

const byArgument: Readonly<Record<string, string>> = { 'Cluster.keysByName': 'names', 'Query.nodes': 'ids' };

/** Fields that take long however short their answer is: the argument is divided by this, and added to the cost. */
const byWork: Readonly<Record<string, { readonly argument: string; readonly per: number }>> = {
  'Cluster.keys': { argument: 'maxScanned', per: 100 },
};

/** What a field contributes to the cost of an operation, beside 1 for itself. */
interface FieldSize {
  readonly list?: ListSize;
  readonly work?: { readonly argument: string; readonly per: number };
}

const sizes = new WeakMap<GraphQLField<unknown, unknown>, FieldSize>();

/**
 * Declares how long the schema's lists are; `docs/cost.md` has them as a table.
 * @throws Error for a list of which nothing is declared, and for a declaration of what is no list
 */
export function declareListSizes(schema: GraphQLSchema): GraphQLSchema {
  const declared = new Set([...Object.keys(assumed), ...Object.keys(byArgument), ...Object.keys(byWork)]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      declared.delete(name);
      const list = isListOfObjects(field) ? sizeOfList(name, field) : undefined;
      const work = byWork[name];
      sizes.set(field, { ...(list && { list }), ...(work && { work }) });
    }
  }
  if (declared.size > 0) throw new Error(`No field of the schema is ${[...declared].join(', ')}.`);
  return schema;
}

/** Nothing for a field that is no list of objects. */
export function sizeOf(field: GraphQLField<unknown, unknown>): FieldSize {
  return sizes.get(field) ?? {};
}

function sizeOfList(name: string, field: GraphQLField<unknown, unknown>): ListSize {
  const argument = byArgument[name] ?? (field.args.some((each) => each.name === 'first') ? 'first' : undefined);
  if (argument !== undefined) return { argument };
  const known = assumed[name];
  if (known !== undefined) return { assumed: known };
  if (/Connection\.(?:edges|nodes)$/.test(name)) return { page: true };
  // One at most, but for mutations that check several things.
  if (field.name === 'userErrors') return { assumed: 1 };
  throw new Error(`How long ${name} is to be taken for is not declared: see list-size.ts.`);
}

function isListOfObjects({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(getNullableType(type)) && isCompositeType(getNamedType(type));
}
