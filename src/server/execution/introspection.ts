import { GraphQLError, visit, BREAK, type DocumentNode } from 'graphql';
import { withoutSuggestion } from '../../interop/graphql-messages.js';
import { Outage } from '../../domain/errors.js';
import { permissionDenied } from '../../domain/access/permission-denied.js';
import type { Principal } from '../../domain/access/principal.js';
import type { IntrospectionSetting } from '../../config/introspection-setting.js';

/** The setting, as it applies to one caller. */
export interface IntrospectionPolicy {
  mayIntrospect(this: void, principal: Pick<Principal, 'access'>): boolean;
  /** Why a caller may not. */
  refusal(this: void): Outage;
}

export function createIntrospectionPolicy(setting: IntrospectionSetting): IntrospectionPolicy {
  switch (setting) {
    case 'everyone':
      return { mayIntrospect: () => true, refusal: () => disabled() };
    case 'permitted':
      return {
        mayIntrospect: ({ access }) => access.may('server:read'),
        refusal: () => permissionDenied('server:read'),
      };
    case 'none':
      return { mayIntrospect: () => false, refusal: () => disabled() };
  }
}

function disabled(): Outage {
  return new Outage(
    'FORBIDDEN',
    'Introspection is disabled on this server: `__schema` and `__type` cannot be queried.',
  );
}

/** Whether a document asks for the schema, in any operation or fragment. `__typename` says only what the caller has selected. */
export function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ name: { value } }) {
      if (value !== '__schema' && value !== '__type') return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

/** The same errors without the names that graphql-js suggests: "… Did you mean "passwords"?". */
export function withoutSuggestions(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  return errors.map((error) => {
    const message = withoutSuggestion(error.message);
    if (message === error.message) return error;
    const { nodes, source, positions, path, originalError, extensions } = error;
    return new GraphQLError(message, {
      nodes: nodes ?? null,
      source: source ?? null,
      positions: positions ?? null,
      path: path ?? null,
      originalError: originalError ?? null,
      extensions,
    });
  });
}
