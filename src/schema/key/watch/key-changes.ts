import type { KeyChange } from '../../../domain/realtime/key-watch.js';
import { changedKey, keyChanges } from '../../../resolvers/key/watch/key-changes.js';
import { builder } from '../../builder.js';
import { callerIndependent } from '../../shared/caller-independent-fields.js';
import { encodingArgument } from '../../shared/encoding.js';
import { GapRef } from '../../shared/gap.js';
import { guardedByParent } from '../../shared/scopes.js';
import { sourceArguments } from '../../shared/source-arguments.js';
import { SubscriptionStartRef } from '../../shared/subscription-start.js';
import { KeyRef } from '../key.js';
import { keySelection } from '../key-selection.js';

const KeyChangeRef = builder.objectRef<KeyChange>('KeyChange').implement({
  description: 'A key that is watched, as it is now.',
  extensions: { ...callerIndependent, ...guardedByParent('keys:read') },
  fields: (t) => ({
    key: t.field({
      type: KeyRef,
      description:
        'The key as it is when this is read; null if it does not exist. All selected fields are read together. After an outage of the ' +
        'read, which is an error here, the key is read again.',
      resolve: (change, _args, context, info) => changedKey(context, change, keySelection(info)),
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description:
        'A report that states of the key between the last delivery and this one may have been missed, because the connection was lost, ' +
        'the key has moved to another node or its database was flushed; null otherwise.',
    }),
    started: t.field({
      type: SubscriptionStartRef,
      nullable: true,
      description:
        'Present only in the first delivery of a subscription with `announce: true`, with the key as it is then.',
      resolve: ({ started }) => started,
    }),
  }),
});

builder.subscriptionField('keyChanges', (t) =>
  t.field({
    authScopes: { may: 'keys:read' },
    type: KeyChangeRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description:
      'The key now, and again whenever it may have changed (CLIENT TRACKING). Changes in quick succession are one delivery, and the ' +
      'newest state is always delivered in the end. A delivery may show what the one before it showed, for example after Valkey has evicted ' +
      'the key from its tracking table. A key that expires is null once Valkey has removed it. All who watch a key share one ' +
      'tracking. Fails with NOT_SUPPORTED if Valkey refuses CLIENT TRACKING.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name, in any case." }),
      name: t.arg.string({ required: true, description: 'The name of the key, which need not exist.' }),
      ...encodingArgument,
      announce: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Whether the first delivery has `started`. The first delivery follows once Valkey has confirmed the tracking; every change ' +
          'after it is delivered.',
      }),
    },
    subscribe: (_root, args, context) => keyChanges(context, args),
    resolve: (change) => change,
  }),
);
