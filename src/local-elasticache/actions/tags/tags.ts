import {
  InvalidARNFault$,
  TagNotFoundFault$,
  type AddTagsToResourceMessage,
  type ListTagsForResourceMessage,
  type RemoveTagsFromResourceMessage,
  type TagListMessage,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import { checkTags } from '../../../domain/tags.js';
import type { AccountView, ResourceKind } from '../../state/account.js';
import type { State } from '../../state/model.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext, ActionContext } from '../action-context.js';
import {
  findCacheCluster,
  findParameterGroup,
  findReplicationGroup,
  findSubnetGroup,
  findUser,
  findUserGroup,
} from '../shared/lookup.js';
import { readTags } from './tag-input.js';

export function addTagsToResource(
  { account }: ChangeContext,
  input: Decoded<AddTagsToResourceMessage>,
): TagListMessage {
  const arn = existingArn(account, input.ResourceName);
  const added = readTags(input.Tags);
  if (added.length === 0) throw invalidInput('Expected at least one tag.');
  const remaining = (account.state.tags[arn] ?? []).filter(({ key }) => !added.some((tag) => tag.key === key));
  const tags = [...remaining, ...added];
  checkTags(tags);
  account.state.tags[arn] = tags;
  return tagList(account, arn);
}

export function removeTagsFromResource(
  { account }: ChangeContext,
  input: Decoded<RemoveTagsFromResourceMessage>,
): TagListMessage {
  const arn = existingArn(account, input.ResourceName);
  const tags = account.state.tags[arn] ?? [];
  const missing = input.TagKeys.find((key) => !tags.some((tag) => tag.key === key));
  if (missing !== undefined) throw fault(TagNotFoundFault$, `Tag ${missing.slice(0, 128)} not found.`);
  account.state.tags[arn] = tags.filter(({ key }) => !input.TagKeys.includes(key));
  return tagList(account, arn);
}

export function listTagsForResource(
  { account }: ActionContext,
  input: Decoded<ListTagsForResourceMessage>,
): TagListMessage {
  return tagList(account, existingArn(account, input.ResourceName));
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
};

const isKind = (text: string): text is ResourceKind => Object.hasOwn(finders, text);

/** Returns the ARN as stored. @throws AwsFault InvalidARN, or the "not found" fault of the resource */
function existingArn({ state, arn }: AccountView, name: string): string {
  const [, kind = '', id = ''] = /^arn:aws:elasticache:[^:]*:[^:]*:([a-z]+):([^:]+)$/.exec(name) ?? [];
  if (!isKind(kind) || arn(kind, id) !== name) {
    const expected = arn('replicationgroup', 'example');
    throw fault(InvalidARNFault$, `ARN ${name.slice(0, 200)} is not one of this account's. Expected e.g. ${expected}.`);
  }
  finders[kind](state, id);
  return arn(kind, id.toLowerCase());
}
