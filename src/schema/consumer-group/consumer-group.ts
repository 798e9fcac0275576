import { consumersOf, type GroupConsumer, type StreamGroup } from '../../datasources/valkey/values/streams/stream.js';
import { encodeBytes } from '../../domain/encoding.js';
import { groupOfId, groups, idOfGroup } from '../../resolvers/consumer-group/consumer-group.js';
import { builder } from '../builder.js';
import { furtherField } from '../key/further-reads.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { encodingArgument } from '../shared/encoding.js';
import { loadAlone } from '../shared/load-node.js';
import { guardedByParent } from '../shared/scopes.js';
import { StreamKeyRef } from '../stream/stream-key.js';

const StreamConsumerRef = builder.objectRef<GroupConsumer>('StreamConsumer').implement({
  extensions: { ...callerIndependent, ...guardedByParent('groups:read') },
  description: 'A consumer of a consumer group: one of the readers that share its entries.',
  fields: (t) => ({
    name: t.string({
      description: 'The name of the consumer; null if its bytes are not valid in `encoding`.',
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    pending: t.expose('pending', {
      type: 'SafeInt',
      nullable: false,
      description: 'The number of entries that were delivered to it and are not acknowledged.',
    }),
    idleSeconds: t.exposeFloat('idleSeconds', {
      nullable: false,
      description: 'Seconds since it last tried to read entries.',
    }),
  }),
});

export const ConsumerGroupRef = builder.objectRef<StreamGroup>('ConsumerGroup');

builder.node(ConsumerGroupRef, {
  extensions: guardedByParent('groups:read'),
  description: 'A consumer group of a stream: each entry is delivered to one of its consumers.',
  id: { extensions: callerIndependent, resolve: idOfGroup },
  loadOne: loadAlone('ConsumerGroup', groupOfId),
  fields: (t) => ({
    name: t.string({
      description: 'The name of the consumer group; null if its bytes are not valid in `encoding`.',
      extensions: callerIndependent,
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    lastDeliveredId: t.expose('lastDeliveredId', {
      type: 'StreamId',
      nullable: false,
      description: 'The ID of the last entry that was delivered to a consumer.',
    }),
    lag: t.expose('lag', {
      type: 'SafeInt',
      nullable: true,
      description:
        'The number of entries that are not delivered yet; null if Valkey does not know it, e.g. after entries were deleted.',
    }),
    pending: t.expose('pending', {
      type: 'SafeInt',
      nullable: false,
      description: 'The number of entries that are delivered and not acknowledged.',
    }),
    consumers: t.field({
      type: [StreamConsumerRef],
      nullable: { list: true, items: false },
      description: 'The consumers of the group.',
      extensions: callerIndependent,
      resolve: (group) => group.consumers ?? consumersOf(group),
    }),
  }),
});

builder.objectField(StreamKeyRef, 'groups', (t) =>
  t.field({
    authScopes: { may: 'groups:read' },
    type: [ConsumerGroupRef],
    nullable: { list: true, items: false },
    description: 'The consumer groups of the stream, of those that the caller may read.',
    resolve: furtherField('STREAM', 'groups', (reading, _arguments, context) => groups(context, reading)),
  }),
);
