import { encodeBytes } from '../../domain/encoding.js';
import type { ChannelPresence, PresenceChange, PresenceMember } from '../../domain/realtime/presence.js';
import { channelPresence, channelPresenceChanges, firstMembers } from '../../resolvers/channel/channel-presence.js';
import { builder } from '../builder.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { encodingArgument } from '../shared/encoding.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const PresenceMemberRef = builder.objectRef<PresenceMember>('PresenceMember').implement({
  description: 'A subscriber of a channel under a name. Clients choose names freely: this API does not verify them.',
  extensions: { ...callerIndependent, ...guardedByParent('channels:read') },
  fields: (t) => ({
    member: t.exposeString('member', { nullable: false, description: 'The name of the member.' }),
    data: t.expose('data', {
      type: 'JSON',
      nullable: true,
      description: 'The data that the member gave; if it has several subscriptions, that of the newest.',
    }),
    since: t.expose('since', {
      type: 'DateTime',
      nullable: false,
      description: 'When the oldest of its current subscriptions started.',
    }),
    subscriptions: t.exposeInt('subscriptions', {
      nullable: false,
      description: 'The number of its subscriptions to the channel, through all processes of this API.',
    }),
  }),
});

const ChannelPresenceRef = builder.objectRef<ChannelPresence>('ChannelPresence').implement({
  description: 'The subscribers of a channel through all processes of this API.',
  extensions: { ...callerIndependent, ...guardedByParent('channels:read') },
  fields: (t) => ({
    channel: t.string({
      description: 'The name of the channel; null if its bytes are not valid in `encoding`.',
      args: encodingArgument,
      resolve: ({ channel }, { encoding }) => encodeBytes(channel, encoding),
    }),
    subscribers: t.exposeInt('subscribers', {
      nullable: false,
      description:
        'The number of subscriptions that name the channel, with or without a member. Pattern subscriptions are not counted.',
    }),
    memberCount: t.int({
      nullable: false,
      description: 'The number of distinct members.',
      resolve: ({ members }) => members.length,
    }),
    members: t.field({
      type: [PresenceMemberRef],
      nullable: false,
      description: 'The members, ordered by name.',
      args: {
        first: t.arg.int({ required: true, defaultValue: 100, description: 'The most members to return, 1 to 1000.' }),
      },
      resolve: (presence, { first }) => firstMembers(presence, first),
    }),
  }),
});

const ChannelPresenceChangeRef = builder.objectRef<PresenceChange>('ChannelPresenceChange').implement({
  description: 'A change of the subscribers of a channel. In the first event, all members have joined.',
  extensions: { ...callerIndependent, ...guardedByParent('channels:read') },
  fields: (t) => ({
    presence: t.expose('presence', {
      type: ChannelPresenceRef,
      nullable: false,
      description: 'The subscribers after the change.',
    }),
    joined: t.field({
      type: [PresenceMemberRef],
      nullable: false,
      description: 'Members that are new.',
      resolve: ({ joined }) => joined,
    }),
    updated: t.field({
      type: [PresenceMemberRef],
      nullable: false,
      description: 'Members whose data changed.',
      resolve: ({ updated }) => updated,
    }),
    left: t.field({
      type: [PresenceMemberRef],
      nullable: false,
      description: 'Members that left, in their last state.',
      resolve: ({ left }) => left,
    }),
  }),
});

const channelArguments = builder.args((arg) => ({
  cluster: arg.string({ required: true, description: "The cluster's name, in any case." }),
  channel: arg.string({ required: true, description: 'The name of the channel.' }),
  sharded: arg.boolean({
    required: true,
    defaultValue: false,
    description: 'Whether the channel is a sharded channel (SSUBSCRIBE).',
  }),
}));

builder.queryField('channelPresence', (t) =>
  t.field({
    authScopes: { may: 'channels:read' },
    type: ChannelPresenceRef,
    description:
      'The current subscribers of a channel. Those of a process that crashed are still counted for some seconds ' +
      '(`presenceTimeoutSeconds` in the configuration). Fails with NOT_SUPPORTED if the configuration keeps no presence of the channel.',
    args: { ...channelArguments, ...encodingArgument },
    resolve: (_root, args, context) => channelPresence(context, args),
  }),
);

builder.subscriptionField('channelPresenceChanges', (t) =>
  t.field({
    authScopes: { may: 'channels:read' },
    type: ChannelPresenceChangeRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description: 'The current subscribers of a channel, and each change. Changes that happen together are one event.',
    args: { ...channelArguments, ...encodingArgument },
    subscribe: (_root, args, context) => channelPresenceChanges(context, args),
    resolve: (change) => change,
  }),
);

export const PresenceInputRef = builder.inputType('PresenceInput', {
  description: 'The name and data of a subscriber, which others see while it is subscribed.',
  fields: (t) => ({
    member: t.string({
      required: true,
      description: 'A name of 1 to 128 bytes. Subscriptions with the same name are one member.',
    }),
    data: t.field({ type: 'JSON', description: 'Data about the member, at most 1024 bytes as JSON.' }),
  }),
});
