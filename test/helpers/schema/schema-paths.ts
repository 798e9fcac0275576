import {
  isLeafType,
  getNamedType,
  isAbstractType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Permission } from '../../../src/domain/access/permissions.js';
import { requiredPermissions } from '../../../src/schema/shared/required-permissions.js';
import { objectTypes, possibleTypes, rootsOf } from './schema-access.js';

type Field = GraphQLField<unknown, unknown>;

/** A field on the path to a type, and the type of the field. */
interface Step {
  readonly type: GraphQLObjectType;
  readonly field: Field;
  readonly to: GraphQLObjectType;
}

/** Fields of one type that are decided together, with the shortest path to them from a root. */
export interface Target {
  /** `Cluster.key`, or `HashField (leaves)` for leaves that require no permission themselves. */
  readonly name: string;
  readonly path: readonly Step[];
  /** The permissions that the fields on the path require, and those of the target. */
  readonly required: readonly Permission[];
  readonly document: string;
}

/** Values of arguments, by `Type.field.argument`, or by name for required ones. */
export type Examples = Readonly<Record<string, string | ((to: GraphQLObjectType | undefined) => string)>>;

/** All fields of all reachable types; types that cannot be reached are omitted. */
export function targetsOf(schema: GraphQLSchema, examples: Examples, unreachable: ReadonlySet<string>): Target[] {
  const paths = pathsTo(schema);
  return objectTypes(schema)
    .filter(({ name }) => !unreachable.has(name))
    .flatMap((type) => {
      const path = paths.get(type.name);
      if (!path) throw new Error(`No field leads to ${type.name}.`);
      const fields = Object.values(type.getFields());
      const isPlain = (field: Field): boolean =>
        path.length > 0 && isLeafType(getNamedType(field.type)) && requiredPermissions(type, field).length === 0;
      const single = fields
        .filter((field) => !isPlain(field))
        .map((field) => ({ name: `${type.name}.${field.name}`, fields: [field] }));
      const plain = fields.filter(isPlain);
      const groups = [...single, ...(plain.length > 0 ? [{ name: `${type.name} (leaves)`, fields: plain }] : [])];
      return groups.map((group): Target => {
        const steps = [...path, ...group.fields.map((field) => ({ type, field }))];
        return {
          name: group.name,
          path,
          required: [...new Set(steps.flatMap((step) => requiredPermissions(step.type, step.field)))],
          document: documentOf(schema, path, type, group.fields, examples),
        };
      });
    });
}

/** The shortest paths: through queries if possible, otherwise through mutations, then subscriptions. */
function pathsTo(schema: GraphQLSchema): Map<string, readonly Step[]> {
  const paths = new Map<string, readonly Step[]>();
  for (const root of rootsOf(schema)) {
    const waiting = [root];
    paths.set(root.name, []);
    for (let type = waiting.shift(); type; type = waiting.shift()) {
      for (const field of Object.values(type.getFields())) {
        if (type === root && (field.name === 'node' || field.name === 'nodes')) continue;
        for (const to of possibleTypes(schema, field)) {
          if (paths.has(to.name)) continue;
          paths.set(to.name, [...paths.get(type.name)!, { type, field, to }]);
          waiting.push(to);
        }
      }
    }
  }
  return paths;
}

function documentOf(
  schema: GraphQLSchema,
  path: readonly Step[],
  type: GraphQLObjectType,
  fields: readonly Field[],
  examples: Examples,
): string {
  const root = path[0]?.type ?? type;
  const leaf = fields.map((field) => {
    const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
    return `${field.name}${argumentsOf(type, field, undefined, examples)} ${selection}`;
  });
  const body = path.reduceRight((inner, step) => {
    const within = isAbstractType(getNamedType(step.field.type)) ? `... on ${step.to.name} { ${inner} }` : inner;
    return `${step.field.name}${argumentsOf(step.type, step.field, step.to, examples)} { __typename ${within} }`;
  }, leaf.join(' '));
  const kind =
    root === schema.getQueryType() ? 'query' : root === schema.getMutationType() ? 'mutation' : 'subscription';
  return `${kind} { ${body} }`;
}

function argumentsOf(
  type: GraphQLObjectType,
  field: Field,
  to: GraphQLObjectType | undefined,
  examples: Examples,
): string {
  const given = field.args.flatMap((argument) => {
    const own = `${type.name}.${field.name}.${argument.name}`;
    const isRequired = String(argument.type).endsWith('!') && argument.defaultValue === undefined;
    const example = examples[own] ?? (isRequired ? examples[argument.name] : undefined);
    if (example === undefined && isRequired) throw new Error(`Expected an example of the argument ${own}.`);
    if (example === undefined) return [];
    return [`${argument.name}: ${typeof example === 'function' ? example(to) : example}`];
  });
  return given.length > 0 ? `(${given.join(', ')})` : '';
}

/** Whether the answer has a value at the end of the path. */
export function reaches(data: any, path: readonly Step[]): boolean {
  let at = data;
  for (const { field } of path) {
    at = at?.[field.name];
    if (Array.isArray(at)) at = at.find((each) => each !== null);
    if (at == null) return false;
  }
  return at != null;
}
