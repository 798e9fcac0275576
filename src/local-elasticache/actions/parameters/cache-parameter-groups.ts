import {
  CacheParameterGroupAlreadyExistsFault$,
  InvalidCacheParameterGroupStateFault$,
  type CacheParameterGroup,
  type CacheParameterGroupNameMessage,
  type CacheParameterGroupsMessage,
  type CreateCacheParameterGroupMessage,
  type CreateCacheParameterGroupResult,
  type DeleteCacheParameterGroupMessage,
  type DescribeCacheParameterGroupsMessage,
  type ModifyCacheParameterGroupMessage,
  type ResetCacheParameterGroupMessage,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import { groupName } from '../../../domain/identifiers.js';
import { defaultParameterGroupName, parameterFamilies } from '../../../domain/parameters/parameter-families.js';
import {
  checkParameterValue,
  engineParameters,
  modifiableParameter,
} from '../../../domain/parameters/parameter-table.js';
import type { AccountDraft, AccountView } from '../../state/account.js';
import { resourceOf } from '../../state/cache-clusters.js';
import type { ParameterGroupRecord } from '../../state/records/parameter-group.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext, ActionContext } from '../action-context.js';
import { findParameterGroup } from '../shared/lookup.js';
import { pageOf } from '../shared/paging.js';
import { readTags } from '../tags/tag-input.js';

export function createCacheParameterGroup(
  { account }: ChangeContext,
  input: Decoded<CreateCacheParameterGroupMessage>,
): CreateCacheParameterGroupResult {
  const { state } = account;
  const name = groupName(input.CacheParameterGroupName, 'cache parameter group');
  const family = parameterFamily(input.CacheParameterGroupFamily);
  const tags = readTags(input.Tags);
  if (state.parameterGroups.some((other) => other.name === name)) {
    throw fault(CacheParameterGroupAlreadyExistsFault$, `Cache parameter group ${name} already exists.`);
  }
  const group: ParameterGroupRecord = { name, family, description: input.Description, values: {} };
  state.parameterGroups.push(group);
  state.tags[account.arn('parametergroup', name)] = tags;
  account.record('cache-parameter-group', name, `Cache parameter group ${name} created`);
  return { CacheParameterGroup: parameterGroupView(account, group) };
}

export function describeCacheParameterGroups(
  { account }: ActionContext,
  input: Decoded<DescribeCacheParameterGroupsMessage>,
): CacheParameterGroupsMessage {
  const { state } = account;
  const defaults = parameterFamilies
    .flatMap((family) => [false, true].map((clusterMode) => defaultParameterGroupName(family, clusterMode)))
    .map((name) => findParameterGroup(state, name));
  const name = input.CacheParameterGroupName;
  const chosen = name === undefined ? [...defaults, ...state.parameterGroups] : [findParameterGroup(state, name)];
  const { items, marker } = pageOf(chosen, (group) => group.name, input);
  return { CacheParameterGroups: items.map((group) => parameterGroupView(account, group)), Marker: marker };
}

/** Running nodes apply new values at once. Parameters that Valkey reads only at its start apply at the next start. */
export function modifyCacheParameterGroup(
  { account, groups, afterStored }: ChangeContext,
  input: Decoded<ModifyCacheParameterGroupMessage>,
): CacheParameterGroupNameMessage {
  const group = ownGroup(account.state, input.CacheParameterGroupName);
  if (input.ParameterNameValues.length === 0) throw invalidInput('Expected at least one parameter.');
  checkParameterCount(input.ParameterNameValues.length);
  const values = input.ParameterNameValues.map(({ ParameterName: name = '', ParameterValue: value = '' }) => {
    checkParameterValue(group.family, name, value);
    return [name, value] as const;
  });
  refuseClusterModeInUse(
    account.state,
    group,
    values.map(([name]) => name),
  );
  Object.assign(group.values, Object.fromEntries(values));
  recordValues(account, group, values);
  afterStored(() =>
    groups.inBackground(`syncing the nodes of parameter group ${group.name}`, () => groups.syncNodes()),
  );
  return { CacheParameterGroupName: group.name };
}

export function resetCacheParameterGroup(
  { account, groups, afterStored }: ChangeContext,
  input: Decoded<ResetCacheParameterGroupMessage>,
): CacheParameterGroupNameMessage {
  const group = ownGroup(account.state, input.CacheParameterGroupName);
  const named = (input.ParameterNameValues ?? []).map(({ ParameterName = '' }) => ParameterName);
  checkParameterCount(named.length);
  for (const name of named) if (group.values[name] === undefined) modifiableParameter(group.family, name);
  const names = input.ResetAllParameters === true ? Object.keys(group.values) : named;
  if (input.ResetAllParameters !== true && names.length === 0) {
    throw invalidInput('Expected ResetAllParameters or the names of parameters.');
  }
  refuseClusterModeInUse(account.state, group, names);
  for (const name of names) Reflect.deleteProperty(group.values, name);
  const defaults = new Map(engineParameters(group.family, false).map(({ name, defaultValue }) => [name, defaultValue]));
  recordValues(
    account,
    group,
    names.map((name) => [name, defaults.get(name) ?? '']),
  );
  afterStored(() =>
    groups.inBackground(`syncing the nodes of parameter group ${group.name}`, () => groups.syncNodes()),
  );
  return { CacheParameterGroupName: group.name };
}

export function deleteCacheParameterGroup(
  { account }: ChangeContext,
  input: Decoded<DeleteCacheParameterGroupMessage>,
): object {
  const { state } = account;
  const group = ownGroup(state, input.CacheParameterGroupName);
  const user = state.replicationGroups.find(({ parameterGroup, pendingChanges }) =>
    [parameterGroup, pendingChanges?.parameterGroup].includes(group.name),
  );
  if (user) {
    const message = `Parameter group ${group.name} is in use by ${resourceOf(user).id}.`;
    throw fault(InvalidCacheParameterGroupStateFault$, message);
  }
  state.parameterGroups = state.parameterGroups.filter((other) => other !== group);
  Reflect.deleteProperty(state.tags, account.arn('parametergroup', group.name));
  account.record('cache-parameter-group', group.name, `Cache parameter group ${group.name} deleted`);
  return {};
}

const maxParameters = 20;

function checkParameterCount(count: number): void {
  if (count <= maxParameters) return;
  throw invalidInput(`Expected at most ${maxParameters} parameters in one request, got ${count}.`);
}

/** Records the change for the parameter group, and for each node that uses it. */
function recordValues(
  { state, record }: AccountDraft,
  group: ParameterGroupRecord,
  values: readonly (readonly [name: string, value: string])[],
): void {
  const messages = values.map(([name, value]) => `Updated parameter ${name} to ${value}`);
  for (const message of messages) record('cache-parameter-group', group.name, message);
  const users = state.replicationGroups.filter(({ parameterGroup }) => parameterGroup === group.name);
  for (const { id } of users.flatMap(({ shards }) => shards.flatMap(({ nodes }) => nodes))) {
    for (const message of messages) record('cache-cluster', id, message);
  }
}

/** Checks that the family exists. */
export function parameterFamily(text: string): string {
  const family = text.toLowerCase();
  if (parameterFamilies.includes(family)) return family;
  throw invalidInput(`CacheParameterGroupFamily must be one of ${parameterFamilies.join(', ')}.`);
}

function ownGroup(state: State, name: string): ParameterGroupRecord {
  if (findParameterGroup(state, name).isDefault) {
    throw fault(InvalidCacheParameterGroupStateFault$, 'Default parameter groups cannot be modified or deleted.');
  }
  const own = state.parameterGroups.find((group) => group.name === name.toLowerCase());
  if (!own) throw new Error(`parameter group ${name} was found but is missing in the draft`);
  return own;
}

function refuseClusterModeInUse(state: State, { name }: ParameterGroupRecord, names: readonly string[]): void {
  if (!names.includes('cluster-enabled')) return;
  const isUsed = ({ parameterGroup, pendingChanges }: State['replicationGroups'][number]): boolean =>
    parameterGroup === name || pendingChanges?.parameterGroup === name;
  if (!state.replicationGroups.some(isUsed)) return;
  throw fault(
    InvalidCacheParameterGroupStateFault$,
    'cluster-enabled cannot be changed while the parameter group is in use.',
  );
}

function parameterGroupView(
  { arn }: AccountView,
  { name, family, description }: ParameterGroupRecord,
): CacheParameterGroup {
  return {
    CacheParameterGroupName: name,
    CacheParameterGroupFamily: family,
    Description: description,
    IsGlobal: false,
    ARN: arn('parametergroup', name),
  };
}
