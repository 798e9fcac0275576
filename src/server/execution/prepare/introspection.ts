import { visit, BREAK, type DocumentNode, type GraphQLError } from 'graphql';
import { withoutSuggestion } from '../../../interop/graphql-messages.js';
import { Outage } from '../../../domain/errors.js';
import { permissionDenied } from '../../../domain/access/permission-denied.js';
import type { Principal } from '../../../domain/access/principal.js';
import type { IntrospectionSetting } from '../../../config/introspection-setting.js';
import { copyWith } from '../results/error-codes.js';

/** Decides by the configuration which callers may introspect the schema. */
export interface IntrospectionPolicy {
  mayIntrospect(this: void, principal: Pick<Principal, 'access'>): boolean;
  /** The error for callers that may not. */
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

/** Whether any operation or fragment selects `__schema` or `__type`. `__typename` is allowed, because it reveals only selected types. */
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

/** The same errors without graphql-js's suggestions ("Did you mean "passwords"?"), which reveal names of the schema. */
export function withoutSuggestions(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  return errors.map((error) => {
    const message = withoutSuggestion(error.message);
    return message === error.message ? error : copyWith(error, { message });
  });
}
