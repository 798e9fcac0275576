import { encodeBytes } from '../../domain/encoding.js';
import type { ChannelPresence, PresenceChange, PresenceMember } from '../../domain/realtime/presence.js';
import { channelPresence, channelPresenceChanges, firstMembers } from '../../resolvers/channel/channel-presence.js';
import { builder } from '../builder.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { encodingArgument } from '../shared/encoding.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const PresenceMemberRef = builder.objectRef<PresenceMember>('PresenceMember').implement({
  description:
    'Somebody who is subscribed to a channel under a name. The name is what the client says; nobody checks it.',
  extensions: { ...callerIndependent, ...guardedByParent('channels:read') },
  fields: (t) => ({
    member: t.exposeString('member', { nullable: false, description: 'The name.' }),
    data: t.expose('data', {
      type: 'JSON',
      nullable: true,
      description: 'What the member tells of itself; of several subscriptions, the one opened last.',
    }),
    since: t.expose('since', {
      type: 'DateTime',
      nullable: false,
      description: 'When the first of its subscriptions that stand was opened.',
    }),
    subscriptions: t.exposeInt('subscriptions', {
      nullable: false,
      description: 'Its subscriptions to the channel, through any process of this API.',
    }),
  }),
});

const ChannelPresenceRef = builder.objectRef<ChannelPresence>('ChannelPresence').implement({
  description: 'Who is subscribed to a channel through this API, over all its processes.',
  extensions: { ...callerIndependent, ...guardedByParent('channels:read') },
  fields: (t) => ({
    channel: t.string({
      description: 'The channel; null where its bytes are not valid in the encoding.',
      args: encodingArgument,
      resolve: ({ channel }, { encoding }) => encodeBytes(channel, encoding),
    }),
    subscribers: t.exposeInt('subscribers', {
      nullable: false,
      description: 'Subscriptions that name the channel, those without a member too; patterns are not counted.',
    }),
    memberCount: t.int({
      nullable: false,
      description: 'Members, each once.',
      resolve: ({ members }) => members.length,
    }),
    members: t.field({
      type: [PresenceMemberRef],
      nullable: false,
      description: 'Who has given a name, in the order of names.',
      args: {
        first: t.arg.int({ required: true, defaultValue: 100, description: 'At most so many, up to 1000.' }),
      },
      resolve: (presence, { first }) => firstMembers(presence, first),
    }),
  }),
});

const ChannelPresenceChangeRef = builder.objectRef<PresenceChange>('ChannelPresenceChange').implement({
  description: 'A change of who is subscribed to a channel. At first all members have joined.',
  extensions: { ...callerIndependent, ...guardedByParent('channels:read') },
  fields: (t) => ({
    presence: t.expose('presence', {
      type: ChannelPresenceRef,
      nullable: false,
      description: 'Who is subscribed after the change.',
    }),
    joined: t.field({
      type: [PresenceMemberRef],
      nullable: false,
      description: 'Members who were not there before.',
      resolve: ({ joined }) => joined,
    }),
    updated: t.field({
      type: [PresenceMemberRef],
      nullable: false,
      description: 'Members who were there with other data.',
      resolve: ({ updated }) => updated,
    }),
    left: t.field({
      type: [PresenceMemberRef],
      nullable: false,
      description: 'Members who are gone, as they last were.',
      resolve: ({ left }) => left,
    }),
  }),
});

const channelArguments = builder.args((arg) => ({
  cluster: arg.string({ required: true, description: "The cluster's name." }),
  channel: arg.string({ required: true, description: 'The channel.' }),
  sharded: arg.boolean({
    required: true,
    defaultValue: false,
    description: 'Whether the sharded channel of this name is meant.',
  }),
}));

builder.queryField('channelPresence', (t) =>
  t.field({
    authScopes: { may: 'channels:read' },
    type: ChannelPresenceRef,
    description:
      'Who is subscribed to a channel now. Those of a process that has died without a word are counted for some seconds more ' +
      '(`presenceTimeoutSeconds`). NOT_SUPPORTED where the configuration does not have it kept.',
    args: { ...channelArguments, ...encodingArgument },
    resolve: (_root, args, context) => channelPresence(context, args),
  }),
);

builder.subscriptionField('channelPresenceChanges', (t) =>
  t.field({
    authScopes: { may: 'channels:read' },
    type: ChannelPresenceChangeRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description:
      'Who is subscribed to a channel: as it is now, and again at every change. Changes that come together are told together.',
    args: { ...channelArguments, ...encodingArgument },
    subscribe: (_root, args, context) => channelPresenceChanges(context, args),
    resolve: (change) => change,
  }),
);

/** How a subscriber names itself. */
export const PresenceInputRef = builder.inputType('PresenceInput', {
  description: 'Who a subscriber says it is, for others to see while it is subscribed.',
  fields: (t) => ({
    member: t.string({
      required: true,
      description: 'A name of at most 128 bytes; subscriptions of one name are one member.',
    }),
    data: t.field({ type: 'JSON', description: 'What others shall see of it, at most 1024 bytes.' }),
  }),
});
