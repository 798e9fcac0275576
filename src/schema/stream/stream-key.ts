import {
  consumersOf,
  lastId,
  type GroupConsumer,
  type StreamGroup,
} from '../../datasources/valkey/values/streams/stream.js';
import { encodeBytes } from '../../domain/encoding.js';
import { length } from '../../resolvers/key/key.js';
import { entries, groupOfId, groups, idOfGroup, stream, type EntriesArgs } from '../../resolvers/stream/stream.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { encodingArgument } from '../shared/encoding.js';
import { furtherField } from '../key/further-reads.js';
import { keyNode } from '../key/key-node.js';
import { keySelection } from '../key/key-selection.js';
import { loadAlone } from '../shared/load-node.js';
import { pageArguments } from '../shared/page-arguments.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';
import { StreamEntryRef } from './stream-entry.js';

const StreamKeyRef = keyNode('STREAM', 'A key that holds a stream: entries in the order in which they were added.');

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

const StreamEntryConnectionRef = builder.connectionObject(
  { type: StreamEntryRef, name: 'StreamEntryConnection', description: 'A page of the entries of a stream.' },
  { description: 'An entry on a page.' },
);

builder.objectFields(StreamKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'The number of entries (XLEN).', resolve: length }),
  lastId: t.field({
    type: 'StreamId',
    description: 'The ID of the last entry that was added, even if it was deleted since; `0-0` if none was ever added.',
    resolve: furtherField('STREAM', 'lastId', lastId),
  }),
  entries: t.field({
    authScopes: { may: 'streams:read' },
    type: StreamEntryConnectionRef,
    description: 'The entries from `start` to `end`, both included, in pages.',
    args: {
      ...pageArguments,
      start: t.arg({
        type: 'StreamId',
        required: true,
        defaultValue: '-',
        description: 'The lowest ID; `-` means the first entry.',
      }),
      end: t.arg({
        type: 'StreamId',
        required: true,
        defaultValue: '+',
        description: 'The highest ID; `+` means the last entry.',
      }),
      reverse: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether the newest entries come first, from `end` to `start`.',
      }),
    },
    resolve: furtherField('STREAM', 'entries', (reading, args: EntriesArgs, context) =>
      entries(context, reading, args),
    ),
  }),
  groups: t.field({
    authScopes: { may: 'groups:read' },
    type: [ConsumerGroupRef],
    nullable: { list: true, items: false },
    description: 'The consumer groups of the stream, of those that the caller may read.',
    resolve: furtherField('STREAM', 'groups', (reading, _arguments, context) => groups(context, reading)),
  }),
}));

builder.objectField(ClusterRef, 'stream', (t) =>
  t.field({
    authScopes: { may: 'streams:read' },
    type: StreamKeyRef,
    description:
      'The stream of this name; null if the key does not exist. Fails with WRONG_TYPE if the key has another type.',
    args: { name: t.arg.string({ required: true, description: 'The key of the stream.' }), ...encodingArgument },
    resolve: ({ name }, args, context, info) => stream(context, name, args, keySelection(info, { type: 'STREAM' })),
  }),
);
