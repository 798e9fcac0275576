import type { PendingEntry } from '../../datasources/valkey/values/streams/pending-entries.js';
import { encodeBytes } from '../../domain/encoding.js';
import { pendingPage } from '../../resolvers/consumer-group/pending-entries.js';
import { builder } from '../builder.js';
import { encodingArgument } from '../shared/encoding.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent } from '../shared/scopes.js';
import { ConsumerGroupRef } from './consumer-group.js';

const PendingEntryRef = builder.objectRef<PendingEntry>('PendingEntry').implement({
  extensions: guardedByParent('groups:read'),
  description: 'An entry that is delivered to a consumer of a group and not acknowledged.',
  fields: (t) => ({
    entryId: t.expose('id', { type: 'StreamId', nullable: false, description: 'The ID of the entry.' }),
    consumer: t.string({
      description:
        'The consumer to which it was last delivered; null if the bytes of its name are not valid in `encoding`.',
      args: encodingArgument,
      resolve: ({ consumer }, { encoding }) => encodeBytes(consumer, encoding),
    }),
    idleSeconds: t.float({
      nullable: false,
      description:
        'Seconds since it was last delivered, or extended with `extendEntries`. If its consumer has left, a week, so that other ' +
        'consumers claim it.',
      resolve: ({ idleMs }) => idleMs / 1000,
    }),
    deliveryCount: t.exposeInt('deliveryCount', {
      nullable: false,
      description: 'How often the entry was delivered, starting at 1.',
    }),
  }),
});

const PendingEntryConnectionRef = builder.connectionObject(
  {
    type: PendingEntryRef,
    name: 'PendingEntryConnection',
    description: 'A page of the pending entries of a consumer group.',
  },
  { description: 'A pending entry on a page.' },
);

builder.objectField(ConsumerGroupRef, 'pendingEntries', (t) =>
  t.field({
    authScopes: { may: 'groups:read' },
    type: PendingEntryConnectionRef,
    description: 'The entries that are delivered and not acknowledged, lowest ID first, in pages.',
    args: {
      ...pageArguments,
      consumer: t.arg.string({ description: 'Only entries of this consumer.' }),
      ...encodingArgument,
      minIdleSeconds: t.arg.float({
        required: true,
        defaultValue: 0,
        description: 'Only entries that are idle for at least this many seconds, e.g. to find stuck work.',
      }),
    },
    resolve: (group, args, context) => pendingPage(context, group, args),
  }),
);
