import {
  CacheClusterNotFoundFault$,
  InvalidARNFault$,
  InvalidReplicationGroupStateFault$,
  ReservedCacheNodeNotFoundFault$,
  ServerlessCacheNotFoundFault$,
  ServerlessCacheSnapshotNotFoundFault$,
  SnapshotNotFoundFault$,
  TagNotFoundFault$,
  type AddTagsToResourceMessage,
  type ListTagsForResourceMessage,
  type RemoveTagsFromResourceMessage,
  type TagListMessage,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import { checkTags } from '../../../domain/tags.js';
import type { AccountView, ResourceKind } from '../../state/account.js';
import { replicationGroupsIn } from '../../state/cache-clusters.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext, ActionContext } from '../action-context.js';
import { cacheClusterView } from '../cache-clusters/cache-cluster-view.js';
import {
  findCacheCluster,
  findParameterGroup,
  findReplicationGroup,
  findSnapshot,
  findSubnetGroup,
  findUser,
  findUserGroup,
  members,
} from '../shared/lookup.js';
import { readTags } from './tag-input.js';

export function addTagsToResource(context: ChangeContext, input: Decoded<AddTagsToResourceMessage>): TagListMessage {
  const { account } = context;
  const arn = taggableArn(context, input.ResourceName);
  const added = readTags(input.Tags);
  if (added.length === 0) throw invalidInput('Expected at least one tag.');
  const remaining = (account.state.tags[arn] ?? []).filter(({ key }) => !added.some((tag) => tag.key === key));
  const tags = [...remaining, ...added];
  checkTags(tags);
  account.state.tags[arn] = tags;
  for (const node of nodeArns(account, arn)) {
    const own = (account.state.tags[node] ?? []).filter(({ key }) => !added.some((tag) => tag.key === key));
    checkTags([...own, ...added]);
    account.state.tags[node] = [...own, ...added];
  }
  return tagList(account, arn);
}

export function removeTagsFromResource(
  context: ChangeContext,
  input: Decoded<RemoveTagsFromResourceMessage>,
): TagListMessage {
  const { account } = context;
  const arn = taggableArn(context, input.ResourceName);
  if (input.TagKeys.length === 0) throw invalidInput('Expected at least one key of a tag.');
  const tags = account.state.tags[arn] ?? [];
  const missing = input.TagKeys.find((key) => !tags.some((tag) => tag.key === key));
  if (missing !== undefined) throw fault(TagNotFoundFault$, `Tag ${missing.slice(0, 128)} not found.`);
  account.state.tags[arn] = tags.filter(({ key }) => !input.TagKeys.includes(key));
  for (const node of nodeArns(account, arn)) {
    account.state.tags[node] = (account.state.tags[node] ?? []).filter(({ key }) => !input.TagKeys.includes(key));
  }
  return tagList(account, arn);
}

export function listTagsForResource(
  { account }: ActionContext,
  input: Decoded<ListTagsForResourceMessage>,
): TagListMessage {
  return tagList(account, existingArn(account, input.ResourceName));
}

/**
 * The ARNs of the nodes of a replication group: "All nodes in that replication group will also have their tags added or removed" (AWS).
 */
function nodeArns({ state, arn }: AccountView, groupArn: string): string[] {
  const group = replicationGroupsIn(state).find(({ id }) => arn('replicationgroup', id) === groupArn);
  return (group?.shards ?? []).flatMap(({ nodes }) => nodes.map(({ id }) => arn('cluster', id)));
}

function tagList({ state }: AccountView, arn: string): TagListMessage {
  return { TagList: (state.tags[arn] ?? []).map(({ key, value }) => ({ Key: key, Value: value })) };
}

const finders: Record<ResourceKind, (state: State, id: string) => object> = {
  replicationgroup: findReplicationGroup,
  cluster: findCacheCluster,
  user: findUser,
  usergroup: findUserGroup,
  subnetgroup: findSubnetGroup,
  parametergroup: findParameterGroup,
  snapshot: findSnapshot,
};

/** Kinds of resources that can have tags and that a local account never has. */
const absent: Readonly<Record<string, readonly [NotFound, noun: string]>> = {
  'reserved-instance': [ReservedCacheNodeNotFoundFault$, 'Reserved cache node'],
  serverlesscache: [ServerlessCacheNotFoundFault$, 'Serverless cache'],
  serverlesscachesnapshot: [ServerlessCacheSnapshotNotFoundFault$, 'Serverless cache snapshot'],
  snapshot: [SnapshotNotFoundFault$, 'Snapshot'],
};

type NotFound = Parameters<typeof fault>[0];

const isKind = (text: string): text is ResourceKind => Object.hasOwn(finders, text);

/** Tests whether an ARN is of this account and region. */
function isOfAccount(arn: AccountView['arn'], kind: string, name: string): boolean {
  return name.startsWith(arn('user', '').replace(/user:$/, `${kind}:`));
}

/**
 * Returns the ARN as stored, if the tags of the resource can be changed. ElastiCache changes those of clusters while they are
 * available, and has a fault of its own for cache clusters.
 * @throws AwsFault InvalidReplicationGroupState, CacheClusterNotFound, or those of `existingArn`
 */
function taggableArn({ account, groups }: ChangeContext, name: string): string {
  const { state } = account;
  const arn = existingArn(account, name);
  const group = replicationGroupsIn(state).find(({ id }) => account.arn('replicationgroup', id) === arn);
  if (group !== undefined && group.status !== 'available') {
    const message = 'Cluster not in available state to perform tagging operations.';
    throw fault(InvalidReplicationGroupStateFault$, message);
  }
  const member = members(state).find(({ node }) => account.arn('cluster', node.id) === arn);
  if (member === undefined) return arn;
  const view = cacheClusterView(account, member, groups.topology(member.group.id), false);
  if (view.CacheClusterStatus === 'available') return arn;
  throw fault(CacheClusterNotFoundFault$, `${member.node.id} is either not present or not available.`);
}

/** Returns the ARN as stored. @throws AwsFault InvalidARN, or the "not found" fault of the resource */
function existingArn({ state, arn }: AccountView, name: string): string {
  const [, kind = '', id = ''] = /^arn:aws:elasticache:[^:]*:[^:]*:([a-z-]+):([^:]+)$/.exec(name) ?? [];
  if (Object.hasOwn(absent, kind) && !isKind(kind) && isOfAccount(arn, kind, name)) {
    const [notFound, noun] = absent[kind] ?? [];
    if (notFound) throw fault(notFound, `${noun} ${id.slice(0, 60)} not found.`);
  }
  if (!isKind(kind) || arn(kind, id) !== name) {
    const expected = arn('replicationgroup', 'example');
    throw fault(InvalidARNFault$, `ARN ${name.slice(0, 200)} is not one of this account's. Expected e.g. ${expected}.`);
  }
  finders[kind](state, id);
  return arn(kind, id.toLowerCase());
}
