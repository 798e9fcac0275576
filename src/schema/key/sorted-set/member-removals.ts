import type { GraphQLResolveInfo } from 'graphql';
import { removeSortedSetMembers } from '../../../resolvers/key/sorted-set/member-removal.js';
import type { RankedMember } from '../../../resolvers/key/sorted-set/ranked-member.js';
import { popSortedSetMembers } from '../../../resolvers/key/sorted-set/sorted-set-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { selects } from '../../shared/selection.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { LexRangeInputRef, RankRangeInputRef, ScoreRangeInputRef } from './member-ranges.js';
import { SortedSetKeyRef } from './sorted-set-key.js';
import { SortedSetMemberRef } from './sorted-set-member.js';

const SortedSetRemovalInputRef = builder.inputType('SortedSetRemovalInput', {
  description: 'The members to remove: exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    members: t.stringList({ description: 'These members, 1 to 1000 (ZREM).' }),
    score: t.field({
      type: ScoreRangeInputRef,
      description: 'All members with scores in this range (ZREMRANGEBYSCORE).',
    }),
    lex: t.field({ type: LexRangeInputRef, description: 'All members in this range (ZREMRANGEBYLEX).' }),
    rank: t.field({ type: RankRangeInputRef, description: 'All members with these ranks (ZREMRANGEBYRANK).' }),
  }),
});

const RemoveSortedSetMembersInputRef = builder.inputType('RemoveSortedSetMembersInput', {
  description: 'Members of a sorted set to remove.',
  fields: (t) => ({
    ...keyInputFields(t),
    which: t.field({ type: SortedSetRemovalInputRef, required: true, description: 'The members to remove.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of `members`; a range has its own.' }),
  }),
});

const SortedSetSideEnum = builder.enumType('SortedSetSide', {
  description: 'One end of a sorted set.',
  values: {
    LOWEST: { description: 'The members with the lowest scores.' },
    HIGHEST: { description: 'The members with the highest scores.' },
  } as const,
});

const PopSortedSetMembersInputRef = builder.inputType('PopSortedSetMembersInput', {
  description: 'A sorted set and how many members to remove from one of its ends.',
  fields: (t) => ({
    ...keyInputFields(t),
    side: t.field({
      type: SortedSetSideEnum,
      required: true,
      defaultValue: 'LOWEST',
      description: 'The end from which they are removed.',
    }),
    count: t.int({
      required: true,
      defaultValue: 1,
      description: 'The most members to remove, 1 to 1000. A smaller sorted set is removed entirely.',
    }),
  }),
});

const RemoveSortedSetMembersPayloadRef = payloadRef<WrittenKey & { readonly removed: number }>(
  'RemoveSortedSetMembersPayload',
).implement({
  description: 'The result of `removeSortedSetMembers`.',
  fields: (t) => ({
    removed: t.field({
      type: 'SafeInt',
      description: 'The number of members that existed and were removed.',
      resolve: ({ result }) => result?.removed,
    }),
    key: t.field(payloadKeyField(SortedSetKeyRef, 'SORTED_SET', 'sorted set', 'no member is left')),
  }),
});

const PopSortedSetMembersPayloadRef = payloadRef<WrittenKey & { readonly members: RankedMember[] }>(
  'PopSortedSetMembersPayload',
).implement({
  description: 'The result of `popSortedSetMembers`.',
  fields: (t) => ({
    members: t.field({
      authScopes: { may: 'keys:read' },
      type: [SortedSetMemberRef],
      nullable: { list: true, items: false },
      description:
        'The removed members, the one at the end of the sorted set first; empty if the key does not exist. They have no rank. A member ' +
        'whose bytes are not valid in its `valueEncoding` is lost, so select BASE64 unless all members are text.',
      resolve: ({ result }) => result?.members,
    }),
    key: t.field(payloadKeyField(SortedSetKeyRef, 'SORTED_SET', 'sorted set', 'no member is left')),
  }),
});

builder.mutationFields((t) => ({
  removeSortedSetMembers: t.field({
    authScopes: { may: 'keys:write' },
    type: RemoveSortedSetMembersPayloadRef,
    description:
      'Removes members of a sorted set; removing the last member deletes the key (ZREM, ZREMRANGEBYSCORE, ZREMRANGEBYLEX, ZREMRANGEBYRANK).',
    args: {
      input: t.arg({ type: RemoveSortedSetMembersInputRef, required: true, description: 'The key and the members.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => removeSortedSetMembers(context, input)),
  }),
  popSortedSetMembers: t.field({
    authScopes: { may: 'keys:write' },
    type: PopSortedSetMembersPayloadRef,
    description:
      'Removes the members with the lowest or the highest scores and returns them; removing the last member deletes the key (ZPOPMIN, ZPOPMAX).',
    args: {
      input: t.arg({
        type: PopSortedSetMembersInputRef,
        required: true,
        description: 'The key, the end and the number.',
      }),
    },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => popSortedSetMembers(context, input, selects(info, 'members'))),
  }),
}));
