import { encodeBytes } from '../../../domain/encoding.js';
import type { RankedMember } from '../../../resolvers/key/sorted-set/ranked-member.js';
import { builder } from '../../builder.js';
import { valueEncodingArgument } from '../../shared/encoding.js';
import { guardedByParent } from '../../shared/scopes.js';

export const SortedSetMemberRef = builder.objectRef<RankedMember>('SortedSetMember').implement({
  extensions: guardedByParent('keys:read'),
  description: 'A member of a sorted set with its score.',
  fields: (t) => ({
    value: t.string({
      description: 'The member; null if its bytes are not valid in `valueEncoding`.',
      args: valueEncodingArgument,
      resolve: ({ value }, { valueEncoding }) => encodeBytes(value, valueEncoding),
    }),
    score: t.field({
      type: 'Score',
      nullable: false,
      description: 'The score.',
      resolve: ({ score }) => score,
    }),
    rank: t.field({
      type: 'SafeInt',
      description:
        'The rank, 0 for the member with the lowest score. A page by rank shows the ranks of its own direction as they were when it was ' +
        'read; others are read by a command each (ZRANK, ZREVRANK). Null if the member was removed.',
      args: {
        reverse: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Count from the highest score, whose rank is 0 then.',
        }),
      },
      resolve: (member, { reverse }) => member.rank(reverse),
    }),
  }),
});

export const SortedSetMemberConnectionRef = builder.connectionObject(
  {
    type: SortedSetMemberRef,
    name: 'SortedSetMemberConnection',
    description:
      'A page of the members of a sorted set. It is exact when it is read. By score and by bytes, each member that does not change ' +
      'appears once over all pages; by rank, writes between two pages may shift the second; `members`, which scans, has each member at least ' +
      'once over all pages and never twice on one page.',
  },
  { description: 'A member on a page.' },
);
