import type { SetMember } from '../../../datasources/valkey/values/scans/collections.js';
import { encodeBytes } from '../../../domain/encoding.js';
import { length } from '../../../resolvers/key/key.js';
import { containsMembers, randomMembers, setMembers } from '../../../resolvers/key/set/set.js';
import { builder } from '../../builder.js';
import { encodingArgumentOf, valueEncodingArgument, valueEncodingArgumentOf } from '../../shared/encoding.js';
import { pageArguments } from '../../shared/page-arguments.js';
import { guardedByParent } from '../../shared/scopes.js';
import { furtherField } from '../further-reads.js';
import { keyNode } from '../key-node.js';
import { linkKeysOfType } from '../key-of-type.js';

export const SetKeyRef = keyNode('SET', 'A key that holds a set: distinct members.');

const SetMemberRef = builder.objectRef<SetMember>('SetMember').implement({
  extensions: guardedByParent('keys:read'),
  description: 'A member of a set.',
  fields: (t) => ({
    value: t.string({
      description: "The member's value; null if its bytes are not valid in `valueEncoding`.",
      args: valueEncodingArgument,
      resolve: ({ value }, { valueEncoding }) => encodeBytes(value, valueEncoding),
    }),
  }),
});

const SetMemberConnectionRef = builder.connectionObject(
  {
    type: SetMemberRef,
    name: 'SetMemberConnection',
    description:
      'A page of the members of a set. Over all pages, each member appears at least once, and never twice on one page. A page scans about ' +
      '10,000 members at most: with `match` it may have fewer than `first` members, or none, while `hasNextPage` is true.',
  },
  { description: 'A member on a page.' },
);

builder.objectFields(SetKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'The number of members (SCARD).', resolve: length }),
  members: t.field({
    type: SetMemberConnectionRef,
    description: 'The members in pages, in no defined order (SSCAN).',
    args: {
      match: t.arg.string({
        description: 'Only members that match this glob pattern. An empty pattern matches the empty member only.',
      }),
      ...encodingArgumentOf('The encoding of `match`.'),
      ...pageArguments,
    },
    resolve: furtherField('SET', 'members', setMembers),
  }),
  contains: t.booleanList({
    nullable: { list: true, items: false },
    description: 'Whether the set has each of these members, in their order (SMISMEMBER).',
    args: {
      members: t.arg.stringList({ required: true, description: 'The members, 1 to 1000.' }),
      ...valueEncodingArgumentOf('The encoding of the members.'),
    },
    resolve: furtherField('SET', 'contains', containsMembers),
  }),
  randomMembers: t.field({
    type: [SetMemberRef],
    nullable: { list: true, items: false },
    description: 'Distinct members, chosen at random (SRANDMEMBER).',
    args: {
      count: t.arg.int({
        required: true,
        defaultValue: 1,
        description: 'The most members, 1 to 1000. A smaller set returns all of its members.',
      }),
    },
    resolve: furtherField('SET', 'randomMembers', randomMembers),
  }),
}));

linkKeysOfType('set', 'SET', SetKeyRef);
