import { encodeBytes } from '../../domain/encoding.js';
import type { ChannelDelivery, ChannelMessage } from '../../domain/realtime/delivery.js';
import { jsonOf } from '../../domain/realtime/message-json.js';
import { channelMessages } from '../../resolvers/channel/channel-messages.js';
import { builder } from '../builder.js';
import { changesStateIfGiven } from '../shared/changes-state.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { PresenceInputRef } from './channel-presence.js';
import { encodingArgumentOf, valueEncodingArgumentOf } from '../shared/encoding.js';
import { GapRef } from '../shared/gap.js';
import { PayloadConditionRef } from './payload-filter.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';
import { SubscriptionStartRef } from '../shared/subscription-start.js';

const ChannelMessageRef = builder.objectRef<ChannelMessage>('ChannelMessage').implement({
  description: 'A message that was published to a channel.',
  extensions: { ...callerIndependent, ...guardedByParent('channels:read') },
  fields: (t) => ({
    channel: t.string({
      description: 'The name of the channel; null if its bytes are not valid in `encoding`.',
      args: encodingArgumentOf('The encoding of the name.'),
      resolve: ({ channel }, { encoding }) => encodeBytes(channel, encoding),
    }),
    pattern: t.string({
      description:
        'The pattern that matched the channel; null if the channel was subscribed by name, or if its bytes are not valid in `encoding`.',
      args: encodingArgumentOf('The encoding of the pattern.'),
      resolve: ({ pattern }, { encoding }) => pattern && encodeBytes(pattern, encoding),
    }),
    payload: t.string({
      description: 'The payload of the message; null if its bytes are not valid in `valueEncoding`.',
      args: valueEncodingArgumentOf('The encoding of the payload.'),
      resolve: ({ payload }, { valueEncoding }) => encodeBytes(payload, valueEncoding),
    }),
    json: t.field({
      type: 'JSON',
      description:
        'The payload parsed as JSON; null if it is not JSON. Numbers that a 64-bit floating-point number cannot hold, such as integers ' +
        'beyond ±(2^53−1), lose digits: `payload` has them exactly.',
      resolve: (message) => jsonOf(message),
    }),
    receivedAt: t.expose('receivedAt', {
      type: 'DateTime',
      nullable: false,
      description: 'When this API received the message; for a message from the history, when it was published.',
    }),
    cursor: t.field({
      type: 'StreamId',
      description:
        "The position of the message in the channel's history, to be passed as `after` to resume. Null if the subscription has neither " +
        '`history` nor `after`, and for messages that were not published through this API, which no history has.',
      resolve: ({ cursor }) => cursor,
    }),
  }),
});

const ChannelDeliveryRef = builder.objectRef<ChannelDelivery>('ChannelDelivery').implement({
  description:
    'Messages that arrived together: one when there is little traffic, several under load. A delivery without messages carries `gap` ' +
    'or `started`.',
  extensions: { ...callerIndependent, ...guardedByParent('channels:read') },
  fields: (t) => ({
    messages: t.field({
      type: [ChannelMessageRef],
      nullable: false,
      description: 'The messages in the order in which they arrived.',
      resolve: ({ messages }) => messages,
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description: 'A report that messages before these may have been lost; null if there is none.',
    }),
    started: t.field({
      type: SubscriptionStartRef,
      nullable: true,
      description:
        'Present only in the first delivery of a subscription with `announce: true`. That delivery has no messages: the history and new ' +
        'messages follow. Its `cursor` is null without `history` and `after`, and with several channels.',
      resolve: ({ started }) => started,
    }),
  }),
});

const OverflowPolicyEnum = builder.enumType('OverflowPolicy', {
  description: 'The policy for messages that arrive faster than the subscriber reads them.',
  values: {
    DISCONNECT: { description: 'The subscription ends with an error with the code SLOW_SUBSCRIBER.' },
    DROP_OLDEST: {
      description: 'The oldest waiting messages are dropped. The next delivery reports their number as a gap.',
    },
    KEEP_LATEST: {
      description:
        'Only the newest message is kept. The next delivery reports the number of dropped messages as a gap.',
    },
  } as const,
});

builder.subscriptionField('channelMessages', (t) =>
  t.field({
    authScopes: { may: 'channels:read' },
    type: ChannelDeliveryRef,
    extensions: { ...callerIndependent, ...sourceArguments, ...changesStateIfGiven('presence') },
    description:
      "Messages of channels as they are published. Valkey's pub/sub delivers at most once; losses that this API can detect are reported " +
      'as `gap` immediately. `announce` reports when the subscription has started.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name, in any case." }),
      channels: t.arg.stringList({
        required: true,
        defaultValue: [],
        description: 'Names of channels. At least one channel or pattern is required.',
      }),
      patterns: t.arg.stringList({
        required: true,
        defaultValue: [],
        description:
          'Patterns of channels, as PSUBSCRIBE accepts them: `news.*`, `h?llo`, `h[ae]llo`. Patterns and channels that match key events, ' +
          'such as `__keyevent@0__:*` and `*`, are subscribed on every primary, because each node sends the events of its own keys only. ' +
          'A message that a client publishes to a channel of key events therefore arrives once from each primary; all other messages ' +
          'arrive once. The configuration limits the distinct patterns of a client and of a cluster; beyond that the subscription fails ' +
          'with the code LIMIT_EXCEEDED.',
      }),
      ...encodingArgumentOf('The encoding of `channels` and `patterns`.'),
      sharded: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether the channels are sharded (SSUBSCRIBE). Patterns are not possible then.',
      }),
      overflow: t.arg({
        type: OverflowPolicyEnum,
        required: true,
        defaultValue: 'DROP_OLDEST',
        description: 'The policy for messages that arrive faster than this subscriber reads them.',
      }),
      filter: t.arg({
        type: [PayloadConditionRef],
        description:
          'Conditions, at most 16, that the JSON payload of a message must meet, all of them, or the message is not sent. A payload that ' +
          'is neither a JSON object nor a list meets no condition. Gaps are always reported.',
      }),
      history: t.arg.int({
        description:
          'Start with this many of the last messages of each channel that pass the filter, 0 to 1000, and at most 1 MiB of them. No message is lost or ' +
          'repeated between the history and new messages. 0 only adds cursors to new messages. Fails with NOT_SUPPORTED if the ' +
          'configuration keeps no history of a channel.',
      }),
      after: t.arg({
        type: 'StreamId',
        description:
          'Resume after the message with this `cursor`, for a single channel, instead of starting with `history`; `0` starts with all ' +
          'kept messages. No message is lost or repeated while it is kept; `gap` reports if some may no longer be kept. If an event ' +
          'stream reconnects with the header `Last-Event-ID`, the header replaces this argument.',
      }),
      announce: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Whether to send a first delivery with `started` once Valkey has confirmed the subscription on every node that it needs. ' +
          'Everything published after it is delivered or reported as a gap. It is not sent again after a gap.',
      }),
      presence: t.arg({
        type: PresenceInputRef,
        description:
          'The name under which `channelPresence` shows this subscriber as a member. If omitted, it only counts as a subscriber. Fails ' +
          'with NOT_SUPPORTED if the configuration keeps presence of none of the channels. Over HTTP it requires POST.',
      }),
    },
    subscribe: (_root, args, context) => channelMessages(context, args),
    resolve: (delivery) => delivery,
  }),
);
