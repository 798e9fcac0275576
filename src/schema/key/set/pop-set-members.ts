import { encodeBytes } from '../../../domain/encoding.js';
import { popSetMembers } from '../../../resolvers/key/set/set.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { valueEncodingArgumentOf } from '../../shared/encoding.js';
import { selects } from '../../shared/selection.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { SetKeyRef } from './set-key.js';

const PopSetMembersInputRef = builder.inputType('PopSetMembersInput', {
  description: 'A set and how many members to remove from it.',
  fields: (t) => ({
    ...keyInputFields(t),
    count: t.int({
      required: true,
      defaultValue: 1,
      description: 'The most members to remove, 1 to 1000. A smaller set is removed entirely.',
    }),
  }),
});

const PopSetMembersPayloadRef = payloadRef<WrittenKey & { readonly members: readonly Buffer[] }>(
  'PopSetMembersPayload',
).implement({
  description: 'The result of `popSetMembers`.',
  fields: (t) => ({
    members: t.stringList({
      authScopes: { may: 'keys:read' },
      nullable: { list: true, items: true },
      description:
        'The removed members; empty if the key does not exist. A member is null if its bytes are not valid in `valueEncoding`: they are ' +
        'lost then, so select BASE64 unless all members are text.',
      args: valueEncodingArgumentOf('The encoding of the members.'),
      resolve: ({ result }, { valueEncoding }) =>
        result?.members.map((member) => encodeBytes(member, valueEncoding)) ?? null,
    }),
    key: t.field(payloadKeyField(SetKeyRef, 'SET', 'set', 'no member is left')),
  }),
});

builder.mutationField('popSetMembers', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: PopSetMembersPayloadRef,
    description:
      'Removes members that Valkey chooses at random from a set, and returns them; removing the last member deletes the key (SPOP).',
    args: { input: t.arg({ type: PopSetMembersInputRef, required: true, description: 'The key and the number.' }) },
    resolve: (_root, { input }, context, info) =>
      withUserErrors(() => popSetMembers(context, input, selects(info, 'members'))),
  }),
);
