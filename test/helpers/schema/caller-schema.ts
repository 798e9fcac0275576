import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
} from 'graphql';
import { ExpectedFailure, Outage } from '../../../src/domain/errors.js';
import type { Principal } from '../../../src/domain/access/principal.js';
import { callerIndependent } from '../../../src/schema/shared/caller-independent-fields.js';
import { immediate } from '../../../src/schema/shared/immediate-fields.js';

/** The events of `callerSchema`. */
export interface Happening {
  readonly n: number;
  readonly kind: 'Plain' | 'Mixed';
}

interface Asking {
  readonly principal: Principal;
}
type Field = GraphQLFieldConfig<Happening, Asking>;

/** Counts executions; tests reset it to 0. */
export const executed = { count: 0 };

const unit = new GraphQLEnumType({ name: 'Unit', values: { ONE: { value: 1 }, TEN: { value: 10 } } });
const wish = new GraphQLInputObjectType({
  name: 'Wish',
  isOneOf: true,
  fields: { text: { type: GraphQLString }, number: { type: GraphQLInt } },
});
const callerField: Field = { type: GraphQLString, resolve: ({ n }, _, { principal }) => `${principal.key} at ${n}` };
const shared = <Each extends Field>(field: Each): Each => ({ ...field, extensions: callerIndependent });
const sharedAtOnce = <Each extends Field>(field: Each): Each => ({
  ...field,
  extensions: { ...callerIndependent, ...immediate },
});

const item: GraphQLInterfaceType = new GraphQLInterfaceType({
  name: 'Item',
  resolveType: ({ kind }: Happening) => kind,
  fields: () => itemFields({ type: GraphQLString }),
});
/** The fields of both kinds of items; `owner` distinguishes them. */
const itemFields = (owner: Field): GraphQLFieldConfigMap<Happening, Asking> => ({
  name: { type: new GraphQLNonNull(GraphQLString), resolve: ({ n, kind }) => `${kind} ${n}`, extensions: immediate },
  size: {
    type: GraphQLInt,
    args: { unit: { type: unit, defaultValue: 1 } },
    resolve: ({ n }, args) => n * args.unit,
    extensions: immediate,
  },
  peers: {
    type: new GraphQLList(new GraphQLNonNull(item)),
    args: { first: { type: GraphQLInt, defaultValue: 2 } },
    resolve: (happening, args) => peersOf(happening, args.first),
    extensions: immediate,
  },
  owner,
});
const plain = new GraphQLObjectType<Happening, Asking>({
  name: 'Plain',
  interfaces: [item],
  extensions: callerIndependent,
  fields: () => itemFields({ type: GraphQLString, resolve: () => 'everyone' }),
});
const mixed = new GraphQLObjectType<Happening, Asking>({
  name: 'Mixed',
  interfaces: [item],
  fields: () =>
    Object.fromEntries(
      Object.entries(itemFields(callerField)).map(([name, field]) => [
        name,
        name === 'owner' ? field : sharedAtOnce(field),
      ]),
    ),
});
const either = new GraphQLUnionType({ name: 'Either', types: [plain, mixed], resolveType: ({ kind }) => kind });
const strict = new GraphQLObjectType<Happening, Asking>({
  name: 'Strict',
  extensions: callerIndependent,
  fields: {
    number: { type: new GraphQLNonNull(GraphQLInt), resolve: ({ n }) => n, extensions: immediate },
    sure: {
      type: new GraphQLNonNull(GraphQLString),
      resolve: ({ n }) => (n % 2 === 0 ? 'even' : null),
      extensions: immediate,
    },
    soon: { type: new GraphQLNonNull(GraphQLString), resolve: ({ n }) => Promise.resolve(`soon ${n}`) },
  },
});
/** In no list: graphql-js leaves rejections of a list unhandled if another item has thrown. */
const fragile = new GraphQLObjectType<Happening, Asking>({
  name: 'Fragile',
  extensions: callerIndependent,
  fields: { out: { type: new GraphQLNonNull(GraphQLString), resolve: () => Promise.reject(outage()) } },
});
const happening: GraphQLObjectType<Happening, Asking> = new GraphQLObjectType<Happening, Asking>({
  name: 'Happening',
  fields: () => ({
    n: sharedAtOnce({ type: GraphQLInt }),
    text: sharedAtOnce({
      type: GraphQLString,
      args: { upper: { type: GraphQLBoolean } },
      resolve: ({ n }, args) => (args.upper ? 'TEXT' : 'text') + String(n),
    }),
    viewer: callerField,
    echo: sharedAtOnce({
      type: GraphQLString,
      args: { wish: { type: wish }, numbers: { type: new GraphQLList(new GraphQLNonNull(GraphQLInt)) } },
      // Compiled code has another order.
      resolve: (_, args) => JSON.stringify(Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    }),
    fails: sharedAtOnce({
      type: GraphQLString,
      resolve: ({ n }) => fail(new ExpectedFailure('NOT_FOUND', `No ${n}.`)),
    }),
    breaks: shared({ type: GraphQLString, resolve: () => Promise.reject(new Error('a secret detail')) }),
    out: shared({ type: GraphQLString, resolve: ({ n }) => (n % 2 === 0 ? fail(outage()) : Promise.reject(outage())) }),
    later: shared({ type: GraphQLString, resolve: ({ n }) => Promise.resolve(`later ${n}`) }),
    wrong: sharedAtOnce({ type: GraphQLInt, resolve: () => 'no number' }),
    grid: sharedAtOnce({
      type: new GraphQLList(new GraphQLList(GraphQLInt)),
      resolve: ({ n }) => [[n], null, [n, null]],
    }),
    strict: shared({ type: strict, resolve: (self) => self }),
    stricts: sharedAtOnce({ type: new GraphQLList(new GraphQLNonNull(strict)), resolve: (self) => [self, next(self)] }),
    fragile: shared({ type: fragile, resolve: (self) => self }),
    item: sharedAtOnce({ type: item, resolve: (self) => self }),
    either: shared({ type: either, resolve: (self) => Promise.resolve(self) }),
    items: sharedAtOnce({ type: new GraphQLList(item), resolve: (self) => [self, null, next(self)] }),
    again: sharedAtOnce({ type: happening, resolve: next }),
  }),
});

/** A schema with every reason for different results: callers, variables, types, errors, nulls that propagate, promises. */
export const callerSchema = new GraphQLSchema({
  query: new GraphQLObjectType<Happening, Asking>({
    name: 'Query',
    fields: {
      happening: {
        type: happening,
        resolve(self) {
          executed.count += 1;
          return self;
        },
      },
    },
  }),
  subscription: new GraphQLObjectType<Happening, Asking>({
    name: 'Subscription',
    fields: {
      happenings: shared({
        type: happening,
        resolve(self) {
          executed.count += 1;
          return self;
        },
      }),
    },
  }),
});

function next({ n, kind }: Happening): Happening {
  return { n: n + 1, kind: kind === 'Plain' ? 'Mixed' : 'Plain' };
}

function peersOf(self: Happening, count: number): Happening[] {
  const peers = [self];
  while (peers.length < Math.min(count, 3)) peers.push(next(peers.at(-1)!));
  return peers;
}

function outage(): Outage {
  return new Outage('TIMEOUT', 'Nobody answered.');
}

function fail(reason: Error): never {
  throw reason;
}
