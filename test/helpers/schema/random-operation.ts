import type { GeneratorValue } from 'fast-check';
import * as fc from 'fast-check';
import {
  getNamedType,
  isCompositeType,
  isAbstractType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

/** A valid operation; its variables may be of the wrong type. */
export interface RandomOperation {
  readonly query: string;
  /** Different values for the same operation. */
  readonly variables: readonly Record<string, unknown>[];
}

/** The variables and their possible values; `undefined` sends none. */
const variables = {
  yes: { type: 'Boolean!', values: [true, false] },
  perhaps: { type: 'Boolean! = true', values: [true, false, undefined] },
  upper: { type: 'Boolean', values: [true, false, null, undefined] },
  first: { type: 'Int', values: [0, 1, 3, null, undefined, 'many'] },
  unit: { type: 'Unit', values: ['ONE', 'TEN', null, undefined, 'NONE'] },
  wish: {
    type: 'Wish',
    values: [{ text: 'a' }, { number: 1 }, {}, { text: 'a', number: 1 }, { text: null }, null, undefined],
  },
  numbers: { type: '[Int!]', values: [[1, 2], [], 3, [1, null], null, undefined] },
} satisfies Record<string, { type: string; values: readonly unknown[] }>;

/** The possible values of arguments, by name. */
const literals: Readonly<Record<string, readonly string[]>> = {
  upper: ['$upper', 'true', 'null'],
  first: ['$first', '0', '3'],
  unit: ['$unit', 'TEN', 'null'],
  wish: ['$wish', '{ text: "b" }', '{ number: 2 }', 'null'],
  numbers: ['$numbers', '[1]', '4'],
};

/** Aliases with a meaning in JavaScript objects. */
const strangeNames: Readonly<Record<string, string>> = {
  n: '__proto__',
  viewer: 'constructor',
  later: 'toString',
  sure: 'hasOwnProperty',
  name: 'valueOf',
  item: 'then',
};

/** A subscription to `field` of `schema`: aliases, arguments, directives with variables, fragments of all kinds. */
export function randomSubscription(g: GeneratorValue, schema: GraphQLSchema, field: string): RandomOperation {
  return randomOperation(g, schema, 'subscription', field);
}

/** The same as a query. */
export function randomQuery(g: GeneratorValue, schema: GraphQLSchema, field: string): RandomOperation {
  return randomOperation(g, schema, 'query', field);
}

function randomOperation(
  g: GeneratorValue,
  schema: GraphQLSchema,
  kind: 'query' | 'subscription',
  field: string,
): RandomOperation {
  const fragments: string[] = [];
  // A response name always has the same arguments, or selections could not be merged.
  const written = new Map<string, string>();
  const one = <Value>(...values: readonly Value[]): Value => values[g(fc.nat, values.length - 1)]!;
  const chance = (percent: number): boolean => g(fc.integer, { min: 0, max: 99 }) < percent;

  const directive = (): string =>
    chance(20) ? ` @${one('skip', 'include')}(if: ${one('$yes', '$perhaps', 'true', 'false')})` : '';
  const argument = ({ name }: GraphQLArgument): string[] =>
    chance(60) ? [`${name}: ${one(...(literals[name] ?? []))}`] : [];
  const leaf = ({ name, args }: GraphQLField<unknown, unknown>): string => {
    const alias = chance(30) ? one(`${name}A`, `${name}B`, strangeNames[name] ?? name) : name;
    const known = written.get(alias);
    if (known !== undefined) return known;
    const given = args.flatMap(argument);
    const text = `${alias === name ? '' : `${alias}: `}${name}${given.length > 0 ? `(${given.join(', ')})` : ''}`;
    written.set(alias, text);
    return text;
  };
  const conditions = (type: GraphQLCompositeType): readonly GraphQLCompositeType[] =>
    isAbstractType(type) ? [type, ...schema.getPossibleTypes(type)] : [type];
  const selection = (type: GraphQLCompositeType, depth: number): string => {
    const kind = one('field', 'field', 'field', 'field', 'inline', 'named', 'typename');
    if (depth > 0 && kind === 'inline') {
      const on = one(...conditions(type));
      return `...${on === type && chance(50) ? '' : ` on ${on.name}`}${directive()} ${selections(on, depth - 1)}`;
    }
    if (depth > 0 && kind === 'named') {
      const on = one(...conditions(type));
      const body = selections(on, depth - 1);
      const name = `F${fragments.length}`;
      fragments.push(`fragment ${name} on ${on.name} ${body}`);
      return `...${name}${directive()}`;
    }
    const choices = isUnionType(type)
      ? []
      : Object.values(type.getFields()).filter((each) => depth > 0 || !isCompositeType(getNamedType(each.type)));
    if (kind === 'typename' || choices.length === 0) return `${one('', 'kind: ')}__typename${directive()}`;
    const chosen = one(...choices);
    const below = getNamedType(chosen.type);
    return `${leaf(chosen)}${directive()}${isCompositeType(below) ? ` ${selections(below, depth - 1)}` : ''}`;
  };
  const selections = (type: GraphQLCompositeType, depth: number): string => {
    const count = g(fc.integer, { min: 1, max: 4 });
    return `{ ${Array.from({ length: count }, () => selection(type, depth)).join(' ')} }`;
  };

  const root = kind === 'query' ? schema.getQueryType()! : schema.getSubscriptionType()!;
  const type = getNamedType(root.getFields()[field]!.type);
  if (!isCompositeType(type)) throw new Error(`Expected ${field} to have selections.`);
  const body = `{ ${field} ${selections(type, 4)} }\n${fragments.join('\n')}`;
  const used = Object.entries(variables).filter(([name]) => new RegExp(`\\$${name}\\b`).test(body));
  const declared = used.map(([name, each]) => `$${name}: ${each.type}`).join(', ');
  const values = (): Record<string, unknown> =>
    Object.fromEntries(
      used
        .map(([name, each]): [string, unknown] => [name, one<unknown>(...each.values)])
        .filter(([, value]) => value !== undefined),
    );
  return { query: `${kind} ${declared && `(${declared}) `}${body}`, variables: [values(), values()] };
}
