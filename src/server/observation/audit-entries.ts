import type { ExecutionResult, GraphQLError } from 'graphql';
import type { AuditedField } from '../../telemetry/audit-log.js';
import { codeOf } from '../execution/mask-errors.js';
import type { RefusedOperation } from '../execution/prepared-operation.js';
import { rootFields, type RootField } from '../execution/root-fields.js';

/** Fields of mutations' inputs that name something. Nothing else of an input is in the audit log. */
export const namingFields: ReadonlySet<string> = new Set([
  ...['cluster', 'name', 'shard', 'userGroupIds', 'addUserGroupIds', 'removeUserGroupIds'],
  ...['userId', 'userName', 'username', 'userGroupId', 'userIds', 'addUserIds', 'removeUserIds'],
  ...['key', 'keys', 'channel', 'stream', 'group', 'consumer', 'entryId', 'entryIds'],
]);

const longestName = 256;
const maxNames = 100;

/** What a mutation's fields were asked to do to what, and how each ended. */
export function auditedFields(
  operation: RefusedOperation,
  result: Pick<ExecutionResult, 'errors'>,
  userErrors: ReadonlyMap<string, readonly string[]>,
): readonly AuditedField[] {
  return rootFields(operation).map((field) => {
    const ending = outcomeOf(field, result.errors ?? [], userErrors.get(field.key) ?? []);
    const { username, ...target } = namesIn(field.arguments.get('input'));
    // People type their password into the wrong field, and are refused.
    const isTold = username !== undefined && ending.outcome === 'ok';
    return { field: field.name, target: { ...target, ...(isTold && { username }) }, ...ending };
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
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name;
}

function outcomeOf(
  { key }: RootField,
  errors: readonly GraphQLError[],
  userErrors: readonly string[],
): Pick<AuditedField, 'outcome' | 'codes'> {
  if (userErrors.length > 0) return { outcome: 'refused', codes: userErrors };
  // One further down is of what was asked of the answer: the mutation itself was carried out.
  const own = errors.filter(({ path }) => !path || (path.length === 1 && path[0] === key));
  if (own.length === 0) return { outcome: 'ok' };
  const codes = own.map(codeOf);
  return { outcome: codes.includes('UNKNOWN_OUTCOME') ? 'unknown' : 'refused', codes };
}
