import type { GraphQLResolveInfo } from 'graphql';
import { addSortedSetMembers, incrementSortedSetScore } from '../../../resolvers/key/sorted-set/sorted-set-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { selects } from '../../shared/selection.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields, type InputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { SortedSetKeyRef } from './sorted-set-key.js';

const SortedSetConditionEnum = builder.enumType('SortedSetCondition', {
  description: 'A condition under which each member is added or updated.',
  values: {
    IF_ABSENT: { description: 'Only add new members; existing ones keep their scores (NX).' },
    IF_PRESENT: { description: 'Only update existing members (XX).' },
    IF_GREATER: { description: 'Add new members, and update existing ones if the new score is greater (GT).' },
    IF_LESS: { description: 'Add new members, and update existing ones if the new score is less (LT).' },
  } as const,
});

const SortedSetMemberInputRef = builder.inputType('SortedSetMemberInput', {
  description: 'A member and its score.',
  fields: (t) => ({
    value: t.string({ required: true, description: 'The member.' }),
    score: t.field({ type: 'Score', required: true, description: 'The score.' }),
  }),
});

/** The fields beside the key, also of the operation of a transaction. */
export function addSortedSetMembersFields(t: InputFields) {
  return {
    members: t.field({
      type: [SortedSetMemberInputRef],
      required: true,
      description: 'The members, 1 to 1000. One that is given several times counts once.',
    }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the members.' }),
    condition: t.field({
      type: SortedSetConditionEnum,
      description: 'The condition for each member. If omitted, new members are added and existing ones updated.',
    }),
  };
}

const AddSortedSetMembersInputRef = builder.inputType('AddSortedSetMembersInput', {
  description: 'Members to add to a sorted set, or to update.',
  fields: (t) => ({ ...keyInputFields(t), ...addSortedSetMembersFields(t) }),
});

const IncrementSortedSetScoreInputRef = builder.inputType('IncrementSortedSetScoreInput', {
  description: 'A member of a sorted set and the number to add to its score.',
  fields: (t) => ({
    ...keyInputFields(t),
    member: t.string({ required: true, description: 'The member. If it is new, its score is `by`.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the member.' }),
    by: t.field({ type: 'Score', required: true, description: 'The number to add, which may be negative.' }),
  }),
});

interface AddedMembers extends WrittenKey {
  readonly added: number;
  readonly changed: number;
}

/** The payload of a mutation that adds and updates members. */
export function addedMembersPayload(name: string, { changes, mutation }: { changes: string; mutation: string }) {
  return payloadRef<AddedMembers>(name).implement({
    description: `The result of \`${mutation}\`. If the condition was not met, both numbers are 0; that is no user error.`,
    fields: (t) => ({
      added: t.int({ description: 'The number of members that were new.', resolve: ({ result }) => result?.added }),
      changed: t.int({
        description: `The number of members that existed and have another ${changes} now.`,
        resolve: ({ result }) => result?.changed,
      }),
      key: t.field(payloadKeyField(SortedSetKeyRef, 'SORTED_SET', 'sorted set', 'it does not exist')),
    }),
  });
}

const AddSortedSetMembersPayloadRef = addedMembersPayload('AddSortedSetMembersPayload', {
  changes: 'score',
  mutation: 'addSortedSetMembers',
});

const IncrementSortedSetScorePayloadRef = payloadRef<WrittenKey & { readonly score: number }>(
  'IncrementSortedSetScorePayload',
).implement({
  description: 'The result of `incrementSortedSetScore`.',
  fields: (t) => ({
    score: t.field({
      authScopes: { may: 'keys:read' },
      type: 'Score',
      description: 'The new score.',
      resolve: ({ result }) => result?.score,
    }),
    key: t.field(payloadKeyField(SortedSetKeyRef, 'SORTED_SET', 'sorted set')),
  }),
});

builder.mutationFields((t) => ({
  addSortedSetMembers: t.field({
    authScopes: { may: 'keys:write' },
    type: AddSortedSetMembersPayloadRef,
    description:
      'Adds members to a sorted set, which is created if it does not exist, and updates the scores of existing ones (ZADD).',
    args: {
      input: t.arg({ type: AddSortedSetMembersInputRef, required: true, description: 'The key and the members.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => addSortedSetMembers(context, input)),
  }),
  incrementSortedSetScore: t.field({
    authScopes: { may: 'keys:write' },
    type: IncrementSortedSetScorePayloadRef,
    description:
      'Adds a number to the score of a member, which is added if it does not exist (ZINCRBY). Opposite infinities are INVALID_INPUT.',
    args: {
      input: t.arg({
        type: IncrementSortedSetScoreInputRef,
        required: true,
        description: 'The key, the member and the number.',
      }),
    },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => incrementSortedSetScore(context, input, selects(info, 'score'))),
  }),
}));
