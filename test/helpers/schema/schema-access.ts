import {
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { scopesOfField } from '../../../src/interop/pothos-fields.js';
import type { Permission } from '../../../src/domain/access/permissions.js';

type Field = GraphQLField<unknown, unknown>;

/** All object types except those of introspection. */
export function objectTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'));
}

export const rootsOf = (schema: GraphQLSchema): GraphQLObjectType[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => type ?? []);

/** The permissions of a field's scope `may`; undefined if it has none. */
export function scopeOf(field: Field): readonly Permission[] | undefined {
  const may = scopesOfField(field)?.['may'] as Permission | readonly Permission[] | undefined;
  return may === undefined ? undefined : [may].flat();
}

export const isGuardedByResolver = ({ extensions }: Field): boolean =>
  extensions['access'] === 'guarded by the resolver';

/** The protection that a type declares, or that follows from its shape; undefined if neither. */
export function accessOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
):
  { guardedByParent: readonly Permission[] } | { requiresPermission: Permission; open: readonly string[] } | undefined {
  const declared = type.extensions['access'] as any;
  if (declared) return declared;
  const fields = type.getFields();
  const node = fields['node'] ?? fields['nodes'];
  if (type.name === 'PageInfo') return { guardedByParent: [] };
  // Connections and edges are protected as their nodes are.
  if (node && (fields['pageInfo'] ?? fields['cursor'])) {
    const [first] = possibleTypes(schema, node);
    const ofNode = first && accessOf(schema, first);
    return ofNode && 'requiresPermission' in ofNode ? { guardedByParent: [] } : ofNode;
  }
  // Payloads are guarded by their mutation.
  const mutations = Object.values(schema.getMutationType()!.getFields());
  const answers = mutations.find((mutation) => getNamedType(mutation.type) === type);
  return fields['userErrors'] && answers ? { guardedByParent: scopeOf(answers) ?? [] } : undefined;
}

/** The object types that a field may return; none for a leaf. */
export function possibleTypes(schema: GraphQLSchema, field: Pick<Field, 'type'>): readonly GraphQLObjectType[] {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return [];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
}
