import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import * as z from 'zod';
import { scopesOfField } from '../../interop/pothos-fields.js';
import { permissions, type Permission } from '../../domain/access/permissions.js';

const permission = z.enum(permissions);

/** The value of the scope `may`. */
const scope = z.union([permission, z.array(permission)]);

/** The declaration of `requiresPermission`. */
const guarding = z.object({ access: z.object({ requiresPermission: permission, open: z.array(z.string()) }) });

/** The permissions that a field itself requires, by its scope or by the object that it belongs to. The caller needs all of them. */
export function requiredPermissions(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): readonly Permission[] {
  const scoped = scope.safeParse(scopesOfField(field)?.['may']);
  if (scoped.success) return [scoped.data].flat();
  const guard = guarding.safeParse(type.extensions).data?.access;
  return guard && !guard.open.includes(field.name) ? [guard.requiresPermission] : [];
}

/**
 * States the required permissions in the SDL, for tools; descriptions state them for people. Introspection omits applied
 * directives.
 */
export const requiresPermissionDirective = new GraphQLDirective({
  name: 'requiresPermission',
  description:
    'The caller needs all of these permissions to select the field, or the field fails with the code FORBIDDEN. ' +
    "A grant may limit a permission to some clusters, keys, channels and groups: then it must cover those that the field's " +
    'arguments name. Ask `viewer.may` whether it does.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    permissions: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString))),
      description: 'Permissions as the access file writes them, e.g. `keys:read`.',
    },
  },
});

/** Appends the required permissions to the description of each field, which people read in GraphiQL. */
export function describeRequiredPermissions(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const required = requiredPermissions(type, field).map((each) => `\`${each}\``);
      if (required.length > 0) field.description = `${field.description ?? ''} Requires ${required.join(' and ')}.`;
    }
  }
  return schema;
}
