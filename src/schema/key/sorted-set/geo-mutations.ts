import { addGeoMembers } from '../../../resolvers/key/sorted-set/sorted-set-writes.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { SetConditionEnum } from '../set-condition.js';
import { GeoPositionInputRef } from './geo.js';
import { addedMembersPayload } from './member-mutations.js';

const GeoMemberInputRef = builder.inputType('GeoMemberInput', {
  description: 'A member and its position.',
  fields: (t) => ({
    value: t.string({ required: true, description: 'The member.' }),
    position: t.field({ type: GeoPositionInputRef, required: true, description: 'The position.' }),
  }),
});

const AddGeoMembersInputRef = builder.inputType('AddGeoMembersInput', {
  description: 'Members with positions to add to a sorted set, or to move.',
  fields: (t) => ({
    ...keyInputFields(t),
    members: t.field({
      type: [GeoMemberInputRef],
      required: true,
      description: 'The members, 1 to 1000. One that is given several times counts once.',
    }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the members.' }),
    condition: t.field({
      type: SetConditionEnum,
      description: 'The condition for each member. If omitted, new members are added and existing ones moved.',
    }),
  }),
});

const AddGeoMembersPayloadRef = addedMembersPayload('AddGeoMembersPayload', {
  changes: 'position',
  mutation: 'addGeoMembers',
});

builder.mutationField('addGeoMembers', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: AddGeoMembersPayloadRef,
    description:
      'Adds members with positions to a sorted set, which is created if it does not exist, and moves existing ones (GEOADD).',
    args: {
      input: t.arg({ type: AddGeoMembersInputRef, required: true, description: 'The key and the members.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => addGeoMembers(context, input)),
  }),
);
