import type { PendingEntry } from '../../datasources/valkey/values/streams/pending-entries.js';
import { encodeBytes } from '../../domain/encoding.js';
import { pendingPage } from '../../resolvers/consumer-group/pending-entries.js';
import { builder } from '../builder.js';
import { encodingArgument } from '../shared/encoding.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent } from '../shared/scopes.js';
import { ConsumerGroupRef } from '../stream/stream-key.js';

const PendingEntryRef = builder.objectRef<PendingEntry>('PendingEntry').implement({
  extensions: guardedByParent('groups:read'),
  description: 'An entry that was delivered to a consumer of a group and is not yet acknowledged.',
  fields: (t) => ({
    entryId: t.expose('id', { type: 'StreamId', nullable: false, description: "The entry's ID." }),
    consumer: t.string({
      description: 'To whom it was delivered last; null where the name is not valid in the encoding.',
      args: encodingArgument,
      resolve: ({ consumer }, { encoding }) => encodeBytes(consumer, encoding),
    }),
    idleSeconds: t.float({
      nullable: false,
      description:
        'Seconds since it was delivered, or extended with `extendEntries`; a week where its consumer has left and offers it ' +
        'to the others.',
      resolve: ({ idleMs }) => idleMs / 1000,
    }),
    deliveryCount: t.exposeInt('deliveryCount', { nullable: false, description: 'Deliveries so far, 1 at first.' }),
  }),
});

const PendingEntryConnectionRef = builder.connectionObject(
  { type: PendingEntryRef, name: 'PendingEntryConnection', description: "A page of a group's pending entries." },
  { description: 'A pending entry on a page.' },
);

builder.objectField(ConsumerGroupRef, 'pendingEntries', (t) =>
  t.field({
    authScopes: { may: 'groups:read' },
    type: PendingEntryConnectionRef,
    description: 'Entries delivered and not yet acknowledged, lowest ID first.',
    args: {
      ...pageArguments,
      consumer: t.arg.string({ description: 'Only those of this consumer.' }),
      ...encodingArgument,
      minIdleSeconds: t.arg.float({
        required: true,
        defaultValue: 0,
        description: 'Only those that nobody has dealt with for this long, e.g. to find work that is stuck.',
      }),
    },
    resolve: (group, args, context) => pendingPage(context, group, args),
  }),
);
