import { encodeBytes } from '../../domain/encoding.js';
import type { ChannelDelivery, ChannelMessage } from '../../domain/realtime/delivery.js';
import { jsonOf } from '../../domain/realtime/message-json.js';
import { channelMessages } from '../../resolvers/channel/channel-messages.js';
import { builder } from '../builder.js';
import { changesStateIfGiven } from '../shared/changes-state.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { PresenceInputRef } from './channel-presence.js';
import { EncodingEnum } from '../shared/encoding.js';
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
      description: 'The channel; null where its bytes are not valid in the encoding.',
      args: {
        encoding: t.arg({
          type: EncodingEnum,
          required: true,
          defaultValue: 'UTF8',
          description: 'How the name is written.',
        }),
      },
      resolve: ({ channel }, { encoding }) => encodeBytes(channel, encoding),
    }),
    pattern: t.string({
      description: 'The pattern that matched, for pattern subscriptions.',
      args: {
        encoding: t.arg({
          type: EncodingEnum,
          required: true,
          defaultValue: 'UTF8',
          description: 'How the pattern is written.',
        }),
      },
      resolve: ({ pattern }, { encoding }) => pattern && encodeBytes(pattern, encoding),
    }),
    payload: t.string({
      description: 'What was published; null where its bytes are not valid in the encoding.',
      args: {
        valueEncoding: t.arg({
          type: EncodingEnum,
          required: true,
          defaultValue: 'UTF8',
          description: 'How the payload is written.',
        }),
      },
      resolve: ({ payload }, { valueEncoding }) => encodeBytes(payload, valueEncoding),
    }),
    json: t.field({
      type: 'JSON',
      description:
        'The payload parsed, or null if it is not JSON. Numbers that a 64-bit floating-point number cannot hold lose digits, ' +
        'integers beyond ±(2^53−1) above all: `payload` has them as they were published.',
      resolve: (message) => jsonOf(message),
    }),
    receivedAt: t.expose('receivedAt', {
      type: 'DateTime',
      nullable: false,
      description: 'When this API received it; of one that comes from the history, when it was published.',
    }),
    cursor: t.field({
      type: 'StreamId',
      description:
        "Where it stands in the channel's history: `after` goes on from here. Null for who asks for neither `history` nor " +
        '`after`, and for messages that were published past this API, which are in no history.',
      resolve: ({ cursor }) => cursor,
    }),
  }),
});

const ChannelDeliveryRef = builder.objectRef<ChannelDelivery>('ChannelDelivery').implement({
  description:
    'What arrived in one turn: one message at rest, several under load; none if it only reports a gap or the start. It is ' +
    'never empty.',
  extensions: { ...callerIndependent, ...guardedByParent('channels:read') },
  fields: (t) => ({
    messages: t.field({
      type: [ChannelMessageRef],
      nullable: false,
      description: 'The messages, in the order in which they arrived.',
      resolve: ({ messages }) => messages,
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description: 'Reported if messages before these may have been lost.',
    }),
    started: t.field({
      type: SubscriptionStartRef,
      nullable: true,
      description:
        'In the first delivery of a subscription with `announce`, and in no other. It carries no messages: those of the ' +
        'history and those published from now on follow. Its `cursor` is null without `history` and `after`, and with several ' +
        'channels.',
      resolve: ({ started }) => started,
    }),
  }),
});

const OverflowPolicyEnum = builder.enumType('OverflowPolicy', {
  description: 'What becomes of messages for a subscriber that does not take them as fast as they come.',
  values: {
    DISCONNECT: { description: 'The subscription ends with an error of code SLOW_SUBSCRIBER.' },
    DROP_OLDEST: { description: 'The oldest that wait are dropped; the next delivery tells how many.' },
    KEEP_LATEST: { description: 'Only the newest is kept; the next delivery tells how many were dropped.' },
  } as const,
});

builder.subscriptionField('channelMessages', (t) =>
  t.field({
    authScopes: { may: 'channels:read' },
    type: ChannelDeliveryRef,
    extensions: { ...callerIndependent, ...sourceArguments, ...changesStateIfGiven('presence') },
    description:
      "Messages of channels as they are published: at most once, as Valkey's pub/sub is; a loss that can be known is reported " +
      'by `gap` at once. To know when it begins, ask for `announce`.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name." }),
      channels: t.arg.stringList({ required: true, defaultValue: [], description: 'Names of channels.' }),
      patterns: t.arg.stringList({
        required: true,
        defaultValue: [],
        description:
          'Patterns of channels, as PSUBSCRIBE accepts them: `news.*`, `h?llo`, `h[ae]llo`. Patterns and channels that match ' +
          'key events, such as `__keyevent@0__:*` and `*`, are subscribed on every primary: each node sends the events of its ' +
          'own keys only. Ordinary messages arrive once. Messages that somebody publishes to a channel of key events arrive ' +
          'once from each primary. The configuration limits how many distinct patterns a client may have subscribed at once, and how ' +
          'many there may be for a cluster; beyond that the subscription fails with the code LIMIT_EXCEEDED.',
      }),
      encoding: t.arg({
        type: EncodingEnum,
        required: true,
        defaultValue: 'UTF8',
        description: 'How channels and patterns are written here.',
      }),
      sharded: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether the channels are sharded (SSUBSCRIBE); they have no patterns.',
      }),
      overflow: t.arg({
        type: OverflowPolicyEnum,
        required: true,
        defaultValue: 'DROP_OLDEST',
        description: 'What becomes of messages that this subscriber does not take.',
      }),
      filter: t.arg({
        type: [PayloadConditionRef],
        description:
          'Only messages whose JSON payload meets all of these, at most 16 conditions; where none of a turn does, nothing is ' +
          'sent. A gap is reported whatever the filter is. A payload that is no JSON object or list meets no condition.',
      }),
      history: t.arg.int({
        description:
          'Begin with the last messages of each channel, up to 1000 that pass the filter and 1 MiB, without a loss or repeat ' +
          'between them and those that follow. For channels of which the configuration says that they have a history; 0 has ' +
          'cursors only.',
      }),
      after: t.arg({
        type: 'StreamId',
        description:
          'Begin after this `cursor` of a message that was seen, rather than with `history`: none is lost or repeated while ' +
          'it is kept, and `gap` tells where some may not be any more. `0` for all that are kept. For a single channel. The ' +
          'header `Last-Event-ID` of an event stream that comes back takes its place.',
      }),
      announce: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Whether the first delivery reports by `started` that Valkey has confirmed the subscription, on every node that it ' +
          'needs. Everything published after it arrives, or is reported by a gap. It is sent again when the client subscribes ' +
          'again, and not after a gap.',
      }),
      presence: t.arg({
        type: PresenceInputRef,
        description:
          'Who the subscriber is, told to those who ask for the `channelPresence` of these channels; without it, it is counted ' +
          'there. For channels of which the configuration says that presence is kept. Over HTTP it requires POST.',
      }),
    },
    subscribe: (_root, args, context) => channelMessages(context, args),
    resolve: (delivery) => delivery,
  }),
);
