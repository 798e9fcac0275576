import type { ActiveChannel } from '../../datasources/valkey/values/channels/channels.js';
import { encodeBytes } from '../../domain/encoding.js';
import { channels, publish } from '../../resolvers/channel/channel.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { encodingArgument, encodingInput } from '../shared/encoding.js';
import { guardedByParent } from '../shared/scopes.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const ChannelRef = builder.objectRef<ActiveChannel>('Channel').implement({
  extensions: guardedByParent('channels:read'),
  description: 'A channel that has subscribers by its name.',
  fields: (t) => ({
    name: t.string({
      description: 'Its name; null where its bytes are not valid in the encoding.',
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    subscribers: t.exposeInt('subscribers', {
      nullable: false,
      description: 'Valkey clients subscribed on all nodes; all GraphQL subscribers of one API process are one client.',
    }),
  }),
});

builder.objectField(ClusterRef, 'channels', (t) =>
  t.field({
    authScopes: { may: 'channels:read' },
    type: [ChannelRef],
    nullable: { list: true, items: false },
    description: 'Active channels with subscribers, as PUBSUB CHANNELS and NUMSUB over all nodes.',
    args: {
      match: t.arg.string({
        description: 'Only channels whose name matches this glob pattern; an empty one matches the empty name.',
      }),
      ...encodingArgument,
    },
    resolve: ({ name }, args, context) => channels(context, name, args),
  }),
);

const PublishInputRef = builder.inputType('PublishInput', {
  description: 'A message and its channel.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    channel: t.string({ required: true, description: 'The channel.' }),
    encoding: t.field({ ...encodingInput, description: 'How the channel is written.' }),
    payload: t.string({ required: true, description: 'The message.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'How the payload is written.' }),
    sharded: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Within the shard of the channel only (SPUBLISH), for subscribers with `sharded`.',
    }),
  }),
});

interface Published {
  readonly receivers: number;
  readonly cursor?: string;
}

const PublishPayloadRef = payloadRef<Published>('PublishPayload').implement({
  description: '`receivers` counts Valkey clients on the node asked, not GraphQL subscribers, which share one.',
  fields: (t) => ({
    receivers: t.int({
      description: 'Valkey clients of the node asked that received it.',
      resolve: ({ result }) => result?.receivers,
    }),
    cursor: t.field({
      type: 'StreamId',
      description: "Where it stands in the channel's history; null where the channel has none.",
      resolve: ({ result }) => result?.cursor,
    }),
  }),
});

builder.mutationField('publish', (t) =>
  t.field({
    authScopes: { may: 'channels:write' },
    type: PublishPayloadRef,
    description:
      'Sends a message to whoever is subscribed to the channel now, and keeps it where the configuration says that the channel ' +
      'has a history: both or neither.',
    args: { input: t.arg({ type: PublishInputRef, required: true, description: 'What, and where to.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => publish(context, input)),
  }),
);
