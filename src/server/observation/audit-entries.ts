import type { ExecutionResult, GraphQLError } from 'graphql';
import type { AuditedField } from '../../telemetry/audit-log.js';
import { codeOf } from '../execution/results/mask-errors.js';
import type { RefusedOperation } from '../execution/prepared-operation.js';
import { rootFields, type RootField } from '../execution/root-fields.js';

/** Input fields of mutations that name their target. The audit log contains no other input. */
export const namingFields: ReadonlySet<string> = new Set([
  ...['cluster', 'name', 'shard', 'userGroupIds', 'addUserGroupIds', 'removeUserGroupIds'],
  ...['userId', 'userName', 'username', 'userGroupId', 'userIds', 'addUserIds', 'removeUserIds'],
  ...['resource', 'snapshot', 'parameterGroup', 'subnetGroup'],
  ...['newKey', 'source', 'destination', 'field', 'deadLetterStream', 'minId', 'after', 'node', 'nodes', 'nodeId'],
  ...['id', 'key', 'keys', 'match', 'action', 'channel', 'stream', 'group', 'consumer', 'entryId', 'entryIds'],
]);

const maxNameLength = 256;
const maxNames = 100;

/** The audit entries of a mutation: each root field with its target and its outcome. */
export function auditedFields(
  operation: RefusedOperation,
  result: Pick<ExecutionResult, 'errors'>,
  userErrors: ReadonlyMap<string, readonly string[]>,
): readonly AuditedField[] {
  return rootFields(operation).map((field) => {
    const outcome = outcomeOf(field, result.errors ?? [], userErrors.get(field.key) ?? []);
    const { username, ...target } = namesIn(field.arguments.get('input'));
    // People enter their password in the field for the name. Such an attempt fails, so only a successful one is logged with it.
    const withUsername = username !== undefined && outcome.outcome === 'ok';
    return { field: field.name, target: { ...target, ...(withUsername && { username }) }, ...outcome };
  });
}

function namesIn(input: unknown): AuditedField['target'] {
  if (typeof input !== 'object' || input === null) return {};
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]: [string, unknown]): [string, string | string[]][] => {
      if (!namingFields.has(name)) return [];
      if (typeof value === 'string') return [[name, cut(value)]];
      if (!Array.isArray(value)) return [];
      const names = value.filter((each): each is string => typeof each === 'string');
      const more = names.length > maxNames ? [`… ${names.length - maxNames} more`] : [];
      return [[name, [...names.slice(0, maxNames).map(cut), ...more]]];
    }),
  );
}

function cut(name: string): string {
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name;
}

function outcomeOf(
  { key }: RootField,
  errors: readonly GraphQLError[],
  userErrors: readonly string[],
): Pick<AuditedField, 'outcome' | 'codes'> {
  if (userErrors.length > 0) return { outcome: 'refused', codes: userErrors };
  // An error at a longer path concerns the answer's selection: the mutation itself was executed.
  const own = errors.filter(({ path }) => !path || (path.length === 1 && path[0] === key));
  if (own.length === 0) return { outcome: 'ok' };
  const codes = own.map(codeOf);
  return { outcome: codes.includes('UNKNOWN_OUTCOME') ? 'unknown' : 'refused', codes };
}
