import { length } from '../../../resolvers/key/key.js';
import {
  membersByLex,
  membersByRank,
  membersByScore,
  sortedSetMembers,
} from '../../../resolvers/key/sorted-set/member-pages.js';
import { countMembers, sortedSetMember } from '../../../resolvers/key/sorted-set/sorted-set.js';
import { builder } from '../../builder.js';
import { encodingArgument, valueEncodingArgument } from '../../shared/encoding.js';
import { pageArguments } from '../../shared/page-arguments.js';
import { furtherField, furtherFieldBySelection } from '../further-reads.js';
import { keyNode } from '../key-node.js';
import { linkKeysOfType } from '../key-of-type.js';
import { LexRangeInputRef, ScoreRangeInputRef } from './member-ranges.js';
import { ranksOfMember, ranksOfPage } from './selected-ranks.js';
import { SortedSetMemberConnectionRef, SortedSetMemberRef } from './sorted-set-member.js';

export const SortedSetKeyRef = keyNode(
  'SORTED_SET',
  'A key that holds a sorted set: distinct members, ordered by score.',
);

const orderedPageArguments = builder.args((arg) => ({
  ...pageArguments,
  reverse: arg.boolean({
    required: true,
    defaultValue: false,
    description: 'Read from the highest to the lowest. The bounds of a range stay the same.',
  }),
}));

builder.objectFields(SortedSetKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'The number of members (ZCARD).', resolve: length }),
  membersByRank: t.field({
    type: SortedSetMemberConnectionRef,
    description: 'The members in the order of their scores, in pages (ZRANGE). A cursor is a rank.',
    args: {
      ...orderedPageArguments,
      start: t.arg({
        type: 'SafeInt',
        required: true,
        defaultValue: 0,
        description:
          'The rank of the first member of the first page, in the order of the pages. Negative ranks count from the end. With `after`, `start` has no effect.',
      }),
    },
    resolve: furtherFieldBySelection('SORTED_SET', 'membersByRank', ranksOfPage, membersByRank),
  }),
  membersByScore: t.field({
    type: SortedSetMemberConnectionRef,
    description:
      'The members with scores in a range, in the order of their scores and bytes, in pages (ZRANGE BYSCORE). A cursor is a member with its score: ' +
      'the next page continues there even if that member was removed or has another score meanwhile.',
    args: {
      range: t.arg({ type: ScoreRangeInputRef, required: true, description: 'The range of scores; `{}` for all.' }),
      ...orderedPageArguments,
    },
    resolve: furtherFieldBySelection('SORTED_SET', 'membersByScore', ranksOfPage, membersByScore),
  }),
  membersByLex: t.field({
    type: SortedSetMemberConnectionRef,
    description:
      'The members in a range, in the order of their bytes, in pages (ZRANGE BYLEX). All members must have the same score; otherwise the result is ' +
      'not defined. A cursor is a member.',
    args: {
      range: t.arg({ type: LexRangeInputRef, required: true, description: 'The range of members; `{}` for all.' }),
      ...orderedPageArguments,
    },
    resolve: furtherFieldBySelection('SORTED_SET', 'membersByLex', ranksOfPage, membersByLex),
  }),
  members: t.field({
    type: SortedSetMemberConnectionRef,
    description: 'The members in pages, in no defined order (ZSCAN).',
    args: {
      match: t.arg.string({
        description: 'Only members that match this glob pattern. An empty pattern matches the empty member only.',
      }),
      ...encodingArgument,
      ...pageArguments,
    },
    resolve: furtherFieldBySelection('SORTED_SET', 'members', ranksOfPage, sortedSetMembers),
  }),
  member: t.field({
    type: SortedSetMemberRef,
    description: 'This member with its score; null if the sorted set does not have it (ZSCORE).',
    args: { value: t.arg.string({ required: true, description: 'The member.' }), ...valueEncodingArgument },
    resolve: furtherFieldBySelection('SORTED_SET', 'member', ranksOfMember, sortedSetMember),
  }),
  count: t.field({
    type: 'SafeInt',
    description: 'The number of members with scores in a range (ZCOUNT).',
    args: {
      range: t.arg({ type: ScoreRangeInputRef, required: true, description: 'The range of scores; `{}` for all.' }),
    },
    resolve: furtherField('SORTED_SET', 'count', countMembers),
  }),
}));

linkKeysOfType('sortedSet', 'SORTED_SET', SortedSetKeyRef);
