import {
  CacheSubnetGroupAlreadyExistsFault$,
  CacheSubnetGroupInUse$,
  SubnetInUse$,
  type CacheSubnetGroup,
  type CacheSubnetGroupMessage,
  type CreateCacheSubnetGroupMessage,
  type CreateCacheSubnetGroupResult,
  type DeleteCacheSubnetGroupMessage,
  type DescribeCacheSubnetGroupsMessage,
  type ModifyCacheSubnetGroupMessage,
  type ModifyCacheSubnetGroupResult,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import { groupName } from '../../../domain/identifiers.js';
import type { AccountView } from '../../state/account.js';
import { resourceOf } from '../../state/cache-clusters.js';
import type { SubnetGroupRecord } from '../../state/records/subnet-group.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext, ActionContext } from '../action-context.js';
import { findSubnetGroup } from '../shared/lookup.js';
import { pageOf } from '../shared/paging.js';
import { readTags } from '../tags/tag-input.js';

/** Subnets are only names, because all local nodes are on this machine. */

export function createCacheSubnetGroup(
  { account }: ChangeContext,
  input: Decoded<CreateCacheSubnetGroupMessage>,
): CreateCacheSubnetGroupResult {
  const { state } = account;
  const name = groupName(input.CacheSubnetGroupName, 'cache subnet group');
  const group = {
    name,
    description: input.CacheSubnetGroupDescription,
    subnets: readSubnets(account, input.SubnetIds),
  };
  const tags = readTags(input.Tags);
  if (state.subnetGroups.some((other) => other.name === name)) {
    throw fault(CacheSubnetGroupAlreadyExistsFault$, `Cache subnet group ${name} already exists.`);
  }
  state.subnetGroups.push(group);
  state.tags[account.arn('subnetgroup', name)] = tags;
  account.record('cache-subnet-group', name, `Cache subnet group ${name} created`);
  return { CacheSubnetGroup: subnetGroupView(account, group) };
}

export function describeCacheSubnetGroups(
  { account }: ActionContext,
  input: Decoded<DescribeCacheSubnetGroupsMessage>,
): CacheSubnetGroupMessage {
  const { state } = account;
  const name = input.CacheSubnetGroupName;
  const chosen = name === undefined ? state.subnetGroups : [findSubnetGroup(state, name)];
  const { items, marker } = pageOf(chosen, (group) => group.name, input);
  return { CacheSubnetGroups: items.map((group) => subnetGroupView(account, group)), Marker: marker };
}

export function modifyCacheSubnetGroup(
  { account }: ChangeContext,
  input: Decoded<ModifyCacheSubnetGroupMessage>,
): ModifyCacheSubnetGroupResult {
  const group = findSubnetGroup(account.state, input.CacheSubnetGroupName);
  const subnets = input.SubnetIds === undefined ? group.subnets : readSubnets(account, input.SubnetIds, group.subnets);
  requireUnused(account, group, subnets);
  Object.assign(group, { description: input.CacheSubnetGroupDescription ?? group.description, subnets });
  account.record('cache-subnet-group', group.name, `Cache subnet group ${group.name} modified`);
  return { CacheSubnetGroup: subnetGroupView(account, group) };
}

export function deleteCacheSubnetGroup(
  { account }: ChangeContext,
  input: Decoded<DeleteCacheSubnetGroupMessage>,
): object {
  const { state } = account;
  const group = findSubnetGroup(state, input.CacheSubnetGroupName);
  if (group.name === 'default') throw invalidInput('The default cache subnet group cannot be deleted.');
  const user = state.replicationGroups.find(({ subnetGroup }) => subnetGroup === group.name);
  if (user)
    throw fault(CacheSubnetGroupInUse$, `Cache subnet group ${group.name} is in use by ${resourceOf(user).id}.`);
  state.subnetGroups = state.subnetGroups.filter((other) => other !== group);
  Reflect.deleteProperty(state.tags, account.arn('subnetgroup', group.name));
  account.record('cache-subnet-group', group.name, `Cache subnet group ${group.name} deleted`);
  return {};
}

/** Reads IDs of subnets. A subnet that the group has already stays in its zone. */
function readSubnets(
  { region }: AccountView,
  ids: readonly string[],
  existing: SubnetGroupRecord['subnets'] = [],
): SubnetGroupRecord['subnets'] {
  if (ids.length === 0 || ids.length > 20) throw invalidInput(`Expected 1 to 20 subnets, got ${ids.length}.`);
  if (new Set(ids).size < ids.length) throw invalidInput('Expected each subnet once.');
  return ids.map((id, index) => {
    if (!/^subnet-[a-zA-Z0-9-]{1,60}$/.test(id)) throw invalidInput('Expected subnet IDs such as subnet-0a1b2c3d.');
    const known = existing.find((subnet) => subnet.id === id);
    return known ?? { id, availabilityZone: `${region}${'abc'.charAt(index % 3)}` };
  });
}

/**
 * A node is in a subnet of its zone, whichever: one that the group had must remain.
 * @throws AwsFault SubnetInUse if the last subnet is removed that may have a node
 */
function requireUnused({ state }: AccountView, group: SubnetGroupRecord, after: SubnetGroupRecord['subnets']): void {
  const kept = new Set(after.map(({ id }) => id));
  const zoneRemains = new Set(
    group.subnets.filter(({ id }) => kept.has(id)).map(({ availabilityZone }) => availabilityZone),
  );
  for (const cluster of state.replicationGroups.filter(({ subnetGroup }) => subnetGroup === group.name)) {
    const zones = cluster.shards.flatMap(({ nodes }) => nodes.map(({ availabilityZone }) => availabilityZone));
    const removed = group.subnets.find(
      ({ id, availabilityZone }) =>
        !kept.has(id) && !zoneRemains.has(availabilityZone) && zones.includes(availabilityZone),
    );
    if (removed) throw fault(SubnetInUse$, `Subnet ${removed.id} is in use by nodes of ${resourceOf(cluster).id}.`);
  }
}

function subnetGroupView({ arn }: AccountView, { name, description, subnets }: SubnetGroupRecord): CacheSubnetGroup {
  return {
    CacheSubnetGroupName: name,
    CacheSubnetGroupDescription: description,
    VpcId: 'vpc-local',
    Subnets: subnets.map(({ id, availabilityZone }) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: availabilityZone },
      SupportedNetworkTypes: ['ipv4'],
    })),
    ARN: arn('subnetgroup', name),
    SupportedNetworkTypes: ['ipv4'],
  };
}
