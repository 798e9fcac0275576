import { moveSetMember } from '../../../resolvers/key/set/set.js';
import type { WrittenMove } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { moveInputFields } from '../key-input.js';
import { readKeyOfPayload } from '../payload-key.js';
import { SetKeyRef } from './set-key.js';

const MoveSetMemberInputRef = builder.inputType('MoveSetMemberInput', {
  description: 'Two sets and the member that is moved between them.',
  fields: (t) => ({
    ...moveInputFields(t),
    member: t.string({ required: true, description: 'The member.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the member.' }),
  }),
});

const MoveSetMemberPayloadRef = payloadRef<WrittenMove & { readonly moved: boolean }>('MoveSetMemberPayload').implement(
  {
    description:
      'The result of `moveSetMember`. If the source does not have the member, `moved` is false; that is no user error.',
    fields: (t) => ({
      moved: t.boolean({
        description: 'Whether the member was moved: the source no longer has it, and the destination has it.',
        resolve: ({ result }) => result?.moved,
      }),
      source: t.field({
        authScopes: { may: 'keys:read' },
        type: SetKeyRef,
        description: 'The current state of the source; null if no member is left, or if there are user errors.',
        resolve: readKeyOfPayload(({ cluster, source }: WrittenMove) => ({ cluster, key: source }), 'SET'),
      }),
      destination: t.field({
        authScopes: { may: 'keys:read' },
        type: SetKeyRef,
        description: 'The current state of the destination; null if it does not exist, or if there are user errors.',
        resolve: readKeyOfPayload(({ cluster, destination }: WrittenMove) => ({ cluster, key: destination }), 'SET'),
      }),
    }),
  },
);

builder.mutationField('moveSetMember', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: MoveSetMemberPayloadRef,
    description:
      'Moves a member from one set to another in one step (SMOVE). Moving the last member deletes the source.',
    args: { input: t.arg({ type: MoveSetMemberInputRef, required: true, description: 'The sets and the member.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => moveSetMember(context, input)),
  }),
);
