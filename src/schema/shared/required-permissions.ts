import { isObjectType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import * as z from 'zod';
import { permissions, type Permission } from '../../domain/access/permissions.js';

const operation = z.enum(permissions);

/** The options of a field that asks by the scope `may`, as Pothos keeps them. */
const scoped = z.object({
  pothosOptions: z.object({ authScopes: z.object({ may: z.union([operation, z.array(operation)]) }) }),
});

/** The declaration of `requiresPermission`. */
const guarding = z.object({ access: z.object({ requiresPermission: operation, open: z.array(z.string()) }) });

/** What a field itself wants of who asks for it: by its scope, or by the object whose fact it is. */
export function requiredPermissions(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): readonly Permission[] {
  const scope = scoped.safeParse(field.extensions);
  if (scope.success) return [scope.data.pothosOptions.authScopes.may].flat();
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
