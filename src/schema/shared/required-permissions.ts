import { isObjectType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import * as z from 'zod';
import { scopesOfField } from '../../interop/pothos-fields.js';
import { permissions, type Permission } from '../../domain/access/permissions.js';

const operation = z.enum(permissions);

/** The value of the scope `may`. */
const scope = z.union([operation, z.array(operation)]);

/** The declaration of `requiresPermission`. */
const guarding = z.object({ access: z.object({ requiresPermission: operation, open: z.array(z.string()) }) });

/** What a field itself wants of who asks for it: by its scope, or by the object whose fact it is. */
export function requiredPermissions(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): readonly Permission[] {
  const scoped = scope.safeParse(scopesOfField(field)?.['may']);
  if (scoped.success) return [scoped.data].flat();
  const guard = guarding.safeParse(type.extensions).data?.access;
  return guard && !guard.open.includes(field.name) ? [guard.requiresPermission] : [];
}

/** Says of each field of the schema what it wants, in its description. */
export function describeRequiredPermissions(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const wanted = requiredPermissions(type, field).map((each) => `\`${each}\``);
      if (wanted.length > 0) field.description = `${field.description ?? ''} Wants ${wanted.join(' and ')}.`;
    }
  }
  return schema;
}
