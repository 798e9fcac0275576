import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import { ExpectedFailure } from '../../domain/errors.js';
import { whenKnown } from '../../runtime/maybe-promise.js';
import type { Context } from '../../resolvers/shared/context.js';

/**
 * Makes each mutation field report its user errors to the request context, for logs, metrics and the audit log. The result contains
 * them only if the client selected them.
 */
export function reportUserErrors(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = (root: unknown, given: Record<string, unknown>, context: Context, info) => {
      const resolved: unknown = resolve(root, given, context, info);
      return whenKnown(resolved, (payload) => {
        const codes = userErrorsIn(payload);
        if (codes.length > 0) context.reportUserErrors?.(String(info.path.key), codes);
        return payload;
      });
    };
  }
  return schema;
}

function userErrorsIn(payload: unknown): readonly string[] {
  if (typeof payload !== 'object' || payload === null || !('userErrors' in payload)) return [];
  const { userErrors } = payload;
  if (!Array.isArray(userErrors)) return [];
  return userErrors.flatMap((error) => (error instanceof ExpectedFailure ? [error.code] : []));
}
