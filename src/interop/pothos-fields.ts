import type { GraphQLField } from 'graphql';
import * as z from 'zod';

type Field = Pick<GraphQLField<unknown, unknown>, 'extensions'>;

const withScopes = z.object({ pothosOptions: z.object({ authScopes: z.record(z.string(), z.unknown()) }) });

/**
 * The scopes that a field was declared with (`authScopes: { may: 'keys:read' }`), by their names. Undefined without any.
 *
 * Relies on `extensions.pothosOptions` of @pothos/core 4, in which it keeps the options of each field. It is undocumented. The
 * descriptions of the schema and the tests of access follow from the scopes themselves, so that no field declares them twice.
 */
export function scopesOfField({ extensions }: Field): Readonly<Record<string, unknown>> | undefined {
  return withScopes.safeParse(extensions).data?.pothosOptions.authScopes;
}

/**
 * Whether a field returns a property of its parent unchanged: it was declared by `t.expose…`, and no plugin has wrapped its resolver.
 *
 * Relies on `extensions.pothosExposedField` and `extensions.pothosResolveWrapped` of @pothos/core 4, which are undocumented. Without
 * them each exposed field would have to be declared caller-independent (schema/shared/caller-independent-fields.ts).
 */
export function isExposedUnchanged({ extensions }: Field): boolean {
  return typeof extensions['pothosExposedField'] === 'string' && extensions['pothosResolveWrapped'] === false;
}
