import {
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { scopesOfField } from '../../src/interop/pothos-fields.js';
import type { Permission } from '../../src/domain/access/permissions.js';

type Field = GraphQLField<unknown, unknown>;

/** All object types, introspection's own left out. */
export function objectTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'));
}

export const rootsOf = (schema: GraphQLSchema): GraphQLObjectType[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => type ?? []);

/** The operations of a field's scope `may`; undefined where it has none. */
export function scopeOf(field: Field): readonly Permission[] | undefined {
  const may = scopesOfField(field)?.['may'] as Permission | readonly Permission[] | undefined;
  return may === undefined ? undefined : [may].flat();
}

export const isDecidedByWhatIsFound = ({ extensions }: Field): boolean =>
  extensions['access'] === 'guarded by the resolver';

/** What a type declares, or what follows from its shape; undefined where nothing says how it is reached. */
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
  // A page, or an edge on it, is reached as what is on it.
  if (node && (fields['pageInfo'] ?? fields['cursor'])) {
    const [first] = possibleTypes(schema, node);
    const ofNode = first && accessOf(schema, first);
    return ofNode && 'requiresPermission' in ofNode ? { guardedByParent: [] } : ofNode;
  }
  // A payload is reached by its mutation.
  const mutations = Object.values(schema.getMutationType()!.getFields());
  const answers = mutations.find((mutation) => getNamedType(mutation.type) === type);
  return fields['userErrors'] && answers ? { guardedByParent: scopeOf(answers) ?? [] } : undefined;
}

/** The object types that may stand where a field leads; none for a leaf. */
export function possibleTypes(schema: GraphQLSchema, field: Pick<Field, 'type'>): readonly GraphQLObjectType[] {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return [];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
}
