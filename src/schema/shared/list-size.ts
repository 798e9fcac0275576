import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

/** The number of objects that a list is assumed to hold when the cost of an operation is computed. */
type ListSize =
  | { readonly assumed: number }
  /** The value of an argument of the field: a number, or the length of a list. */
  | { readonly argument: string }
  /** The argument `first` of the field that returned the connection. */
  | { readonly page: true };

/**
 * Sizes of lists whose length no argument limits: about as long as they get in a large installation. The cost must be known before
 * the operation runs, and clients can look it up in docs/cost.md.
 */
const assumed: Readonly<Record<string, number>> = {
  'AddTagsPayload.tags': 10,
  'Cluster.allowedEngineVersions': 10,
  'Cluster.channels': 100,
  'Cluster.nodes': 20,
  'Cluster.shards': 10,
  'Cluster.slotRanges': 50,
  'Cluster.tags': 10,
  'Cluster.userGroups': 5,
  'ClusterMetrics.nodes': 20,
  'ClusterNode.infoSections': 10,
  'InfoSection.entries': 50,
  'ParameterGroup.clusters': 10,
  'ParameterGroup.tags': 10,
  'Query.engineVersions': 20,
  'Query.nodeTypes': 100,
  'RemoveTagsPayload.tags': 10,
  'ResourceEventDelivery.events': 10,
  'Shard.replicas': 5,
  'Snapshot.tags': 10,
  'SubnetGroup.clusters': 10,
  'SubnetGroup.subnets': 5,
  'SubnetGroup.tags': 10,
  'User.tags': 10,
  'User.userGroups': 5,
  'UserGroup.clusters': 10,
  'UserGroup.tags': 10,
  'UserGroup.users': 20,
  'HashKey.allFields': 100,
  'PopSortedSetMembersPayload.members': 100,
  'StreamKey.groups': 10,
  'ConsumerGroup.consumers': 20,
  'StreamEntry.fields': 10,
  'ChannelDelivery.messages': 10,
  'ChannelPresenceChange.joined': 10,
  'ChannelPresenceChange.left': 10,
  'ChannelPresenceChange.updated': 10,
  'GroupDelivery.entries': 10,
  'StreamDelivery.entries': 10,
  'RunTransactionPayload.results': 10,
  'KeyEventDelivery.events': 10,
  'KeyJob.examples': 20,
  'Viewer.grants': 10,
};

const byArgument: Readonly<Record<string, string>> = {
  'Cluster.keysByName': 'names',
  'Query.nodes': 'ids',
  'SetKey.randomMembers': 'count',
  'SortedSetKey.positions': 'members',
};

/**
 * Work that a field causes even if its result is short or has no objects, added to its cost: a fixed amount, which counts only if the
 * argument `given` is given; or the argument, a number or the length of a list, divided by `per`.
 */
type Work = { readonly fixed: number; readonly given?: string } | { readonly argument: string; readonly per: number };

/**
 * A cost of 1 stands for about 10 µs of a server. Fields whose work depends on what the key holds count as for a large key: 10 MB of a
 * string, 100,000 elements of a list, 10,000 members within an area.
 */
const byWork: Readonly<Record<string, Work>> = {
  'Capabilities.commands': { argument: 'names', per: 1 },
  'Cluster.keys': { argument: 'maxScanned', per: 100 },
  'Cluster.keyTree': { argument: 'maxScanned', per: 100 },
  'Cluster.bigKeys': { argument: 'maxScanned', per: 50 },
  'SetKey.contains': { argument: 'members', per: 1 },
  // A page scans up to 10,000 elements if a pattern matches few of them.
  'HashKey.fields': { fixed: 100, given: 'match' },
  'SetKey.members': { fixed: 100, given: 'match' },
  'SortedSetKey.members': { fixed: 100, given: 'match' },
  'StringKey.bitCount': { fixed: 1_000 },
  'StringKey.cardinality': { fixed: 10 },
  'SortedSetKey.near': { fixed: 1_000 },
  'ClusterNode.clients': { fixed: 100 },
  'Cluster.slotStats': { fixed: 100 },
  'Mutation.copyKey': { fixed: 1_000 },
  'Mutation.insertListElement': { fixed: 100 },
  'Mutation.removeListElements': { fixed: 100 },
  'Mutation.trimList': { fixed: 100 },
  'Mutation.removeSortedSetMembers': { fixed: 100 },
  'Mutation.trimStream': { fixed: 100 },
};

/** The cost of a field in addition to 1 for the field itself. */
interface FieldSize {
  readonly list?: ListSize;
  readonly work?: Work;
}

const sizes = new WeakMap<GraphQLField<unknown, unknown>, FieldSize>();

/**
 * Declares the sizes of the schema's lists; a test writes them to `docs/cost.md`.
 * @throws Error if a list has no declared size, or a declaration names no field
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
  if (declared.size > 0)
    throw new Error(`Expected fields of the schema in list-size.ts, got ${[...declared].join(', ')}.`);
  return schema;
}

/** Empty for a field that returns no list of objects. */
export function sizeOf(field: GraphQLField<unknown, unknown>): FieldSize {
  return sizes.get(field) ?? {};
}

function sizeOfList(name: string, field: GraphQLField<unknown, unknown>): ListSize {
  const argument = byArgument[name] ?? (field.args.some((each) => each.name === 'first') ? 'first' : undefined);
  if (argument !== undefined) return { argument };
  const known = assumed[name];
  if (known !== undefined) return { assumed: known };
  if (/(?:Connection\.(?:edges|nodes)|^KeyTree\.(?:keys|prefixes)|^BigKeys\.keys)$/.test(name)) return { page: true };
  // Mutations report the first failure only.
  if (field.name === 'userErrors') return { assumed: 1 };
  throw new Error(`Expected a size of the list ${name}: declare it in src/schema/shared/list-size.ts.`);
}

function isListOfObjects({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(getNullableType(type)) && isCompositeType(getNamedType(type));
}
