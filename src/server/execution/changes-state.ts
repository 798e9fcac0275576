import type { GraphQLSchema } from 'graphql';
import { doesChangeState } from '../../schema/shared/changes-state.js';
import { rootFields } from './root-fields.js';
import type { PreparedOperation } from './prepared-operation.js';

type Chosen = Pick<PreparedOperation, 'kind' | 'document' | 'operationName' | 'variables'>;

/** Whether to run an operation changes something: a mutation does, and so do other fields that the schema declares so. */
export function changesState(schema: GraphQLSchema, operation: Chosen): boolean {
  if (operation.kind === 'mutation') return true;
  const root = operation.kind === 'subscription' ? schema.getSubscriptionType() : schema.getQueryType();
  const fields = root?.getFields() ?? {};
  return rootFields(operation).some(({ name, arguments: given }) => doesChangeState(fields[name], given));
}
