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
  description: 'A channel with at least one Valkey client that subscribed to it by name.',
  fields: (t) => ({
    name: t.string({
      description: 'The name of the channel; null if its bytes are not valid in `encoding`.',
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    subscribers: t.exposeInt('subscribers', {
      nullable: false,
      description:
        'The number of subscribed Valkey clients on all nodes. One process of this API is one client, however many GraphQL subscribers it has.',
    }),
  }),
});

builder.objectField(ClusterRef, 'channels', (t) =>
  t.field({
    authScopes: { may: 'channels:read' },
    type: [ChannelRef],
    nullable: { list: true, items: false },
    description:
      'The active channels of all nodes with their subscribers (PUBSUB CHANNELS, NUMSUB), of those that the caller may read.',
    args: {
      match: t.arg.string({
        description:
          'Only channels whose name matches this glob pattern. An empty pattern matches the empty name only.',
      }),
      ...encodingArgument,
    },
    resolve: ({ name }, args, context) => channels(context, name, args),
  }),
);

const PublishInputRef = builder.inputType('PublishInput', {
  description: 'A message to publish.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    channel: t.string({ required: true, description: 'The name of the channel.' }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the channel.' }),
    payload: t.string({ required: true, description: 'The payload of the message.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the payload.' }),
    sharded: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether the channel is a sharded channel (SPUBLISH), which subscribers with `sharded: true` receive.',
    }),
  }),
});

interface Published {
  readonly receivers: number;
  readonly cursor?: string;
}

const PublishPayloadRef = payloadRef<Published>('PublishPayload').implement({
  description: 'The result of `publish`.',
  fields: (t) => ({
    receivers: t.int({
      description:
        'The number of Valkey clients that received the message on the node to which it was published. One process of this API is one ' +
        'client, however many GraphQL subscribers it has.',
      resolve: ({ result }) => result?.receivers,
    }),
    cursor: t.field({
      type: 'StreamId',
      description: "The position of the message in the channel's history; null if the channel has none.",
      resolve: ({ result }) => result?.cursor,
    }),
  }),
});

builder.mutationField('publish', (t) =>
  t.field({
    authScopes: { may: 'channels:write' },
    type: PublishPayloadRef,
    description:
      'Publishes a message to the current subscribers of a channel (PUBLISH). If the configuration keeps a history of the channel, the ' +
      'message is also stored there: both happen, or neither.',
    args: { input: t.arg({ type: PublishInputRef, required: true, description: 'The message and its channel.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => publish(context, input)),
  }),
);
