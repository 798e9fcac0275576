import type { GraphQLSchema } from 'graphql';
import { doesChangeState } from '../../schema/shared/changes-state.js';
import { rootFields } from './root-fields.js';
import type { RefusedOperation } from './prepared-operation.js';

/** Whether executing an operation changes state: it is a mutation, or it selects a root field that the schema declares so. */
export function changesState(schema: GraphQLSchema, operation: RefusedOperation): boolean {
  const { kind } = operation.plan;
  if (kind === 'mutation') return true;
  const root = kind === 'subscription' ? schema.getSubscriptionType() : schema.getQueryType();
  const fields = root?.getFields() ?? {};
  return rootFields(operation).some(({ name, arguments: given }) => doesChangeState(fields[name], given));
}
