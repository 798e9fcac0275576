import { encodeBytes } from '../../../domain/encoding.js';
import type { KeyEvent, KeyEventDelivery } from '../../../domain/realtime/key-watch.js';
import { nodeOfEvent } from '../../../resolvers/key/watch/event-node.js';
import { currentKey } from '../../../resolvers/key/watch/key-changes.js';
import { keyEvents } from '../../../resolvers/key/watch/key-events.js';
import { builder } from '../../builder.js';
import { callerIndependent } from '../../shared/caller-independent-fields.js';
import { encodingArgument, encodingArgumentOf } from '../../shared/encoding.js';
import { GapRef } from '../../shared/gap.js';
import { guardedByParent } from '../../shared/scopes.js';
import { sourceArguments } from '../../shared/source-arguments.js';
import { SubscriptionStartRef } from '../../shared/subscription-start.js';
import { KeyRef } from '../key.js';
import { keySelection } from '../key-selection.js';

const KeyEventRef = builder.objectRef<KeyEvent>('KeyEvent').implement({
  description: 'A keyspace notification: a command has changed a key, or the key has expired or was evicted.',
  extensions: guardedByParent('keys:read'),
  fields: (t) => ({
    key: t.string({
      description: 'The name of the key; null if its bytes are not valid in `encoding`.',
      args: encodingArgument,
      extensions: callerIndependent,
      resolve: ({ key }, { encoding }) => encodeBytes(key, encoding),
    }),
    event: t.exposeString('event', {
      nullable: false,
      description:
        'The name of the event: usually the command in lower case, or e.g. `expired`, `evicted`, `rename_to`.',
    }),
    node: t.string({
      description:
        'The name of the node that has sent the event, as `ClusterNode.name`; null if it is unknown, or if the caller does not have ' +
        '`clusters:read`.',
      resolve: (event, _args, context) => nodeOfEvent(context, event),
    }),
    receivedAt: t.expose('receivedAt', {
      type: 'DateTime',
      nullable: false,
      description: 'When this API received the event.',
    }),
    current: t.field({
      type: KeyRef,
      extensions: callerIndependent,
      description:
        'The key as it is when this is read, which may be later than the event; null if it does not exist then. The keys of one ' +
        'delivery are read together, in one pipeline per shard.',
      resolve: (event, _args, context, info) => currentKey(context, event, keySelection(info)),
    }),
  }),
});

const KeyEventDeliveryRef = builder.objectRef<KeyEventDelivery>('KeyEventDelivery').implement({
  description:
    'Events that arrived together: one when there is little traffic, several under load. A delivery without events carries `gap` or ' +
    '`started`.',
  extensions: { ...callerIndependent, ...guardedByParent('keys:read') },
  fields: (t) => ({
    events: t.field({
      type: [KeyEventRef],
      nullable: false,
      description:
        'The events in the order in which they arrived. Each primary sends the events of its own keys in order.',
      resolve: ({ events }) => events,
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description: 'A report that events before these may have been lost; null if there is none.',
    }),
    started: t.field({
      type: SubscriptionStartRef,
      nullable: true,
      description:
        'Present only in the first delivery of a subscription with `announce: true`. That delivery has no events.',
      resolve: ({ started }) => started,
    }),
  }),
});

builder.subscriptionField('keyEvents', (t) =>
  t.field({
    authScopes: { may: 'keys:read' },
    type: KeyEventDeliveryRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description:
      'Keyspace notifications of every primary, merged, as they arrive (PSUBSCRIBE). Valkey sends them at most once and only while ' +
      'its parameter `notify-keyspace-events` contains `K` and classes of events; if it does not, the subscription fails with the code ' +
      'NOT_SUPPORTED. If neither the nodes nor the parameter group can be asked for the parameter, the subscription begins, and nothing ' +
      'may arrive. Losses that this API can detect are reported as `gap` immediately. Events that arrive faster than the subscriber ' +
      'reads them are dropped, the oldest first, and reported as a gap. The permission must cover every key that `match` can match.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name, in any case." }),
      match: t.arg.string({
        description:
          'A pattern of keys, as KEYS accepts it: `user:*`, `h?llo`. If omitted, all keys match. Patterns count towards the same limits ' +
          'as those of `channelMessages`. Keys that this API uses for itself are left out, unless the pattern names their prefix.',
      }),
      events: t.arg.stringList({
        description:
          'Only events of these names, 1 to 100, such as `set`, `del` and `expired`. If omitted, all events.',
      }),
      ...encodingArgumentOf('The encoding of `match`.'),
      announce: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Whether to send a first delivery with `started` once every primary has confirmed the subscription. Every event after it is ' +
          'delivered or reported as a gap. It is not sent again after a gap.',
      }),
    },
    subscribe: (_root, args, context) => keyEvents(context, args),
    resolve: (delivery) => delivery,
  }),
);
