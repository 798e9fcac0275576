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

const StreamKeyRef = keyNode('STREAM', 'A key that holds entries in the order added.');

const StreamConsumerRef = builder.objectRef<GroupConsumer>('StreamConsumer').implement({
  extensions: { ...callerIndependent, ...guardedByParent('groups:read') },
  description: 'A consumer of a group: one reader among which the entries are shared out.',
  fields: (t) => ({
    name: t.string({
      description: 'Its name; null where its bytes are not valid in the encoding.',
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    pending: t.expose('pending', {
      type: 'SafeInt',
      nullable: false,
      description: 'Entries delivered to it that it has not acknowledged.',
    }),
    idleSeconds: t.exposeFloat('idleSeconds', {
      nullable: false,
      description: 'Seconds since it last asked for entries.',
    }),
  }),
});

/** A consumer group of a stream. */
export const ConsumerGroupRef = builder.objectRef<StreamGroup>('ConsumerGroup');

builder.node(ConsumerGroupRef, {
  extensions: guardedByParent('groups:read'),
  description: 'A consumer group of a stream: each entry goes to one of its consumers.',
  id: { extensions: callerIndependent, resolve: idOfGroup },
  loadOne: loadAlone('ConsumerGroup', groupOfId),
  fields: (t) => ({
    name: t.string({
      description: 'Its name; null where its bytes are not valid in the encoding.',
      extensions: callerIndependent,
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    lastDeliveredId: t.expose('lastDeliveredId', {
      type: 'StreamId',
      nullable: false,
      description: 'The last entry that was given to a consumer.',
    }),
    lag: t.expose('lag', {
      type: 'SafeInt',
      nullable: true,
      description: 'Entries not yet delivered; null where Valkey cannot tell, e.g. after entries were deleted.',
    }),
    pending: t.expose('pending', {
      type: 'SafeInt',
      nullable: false,
      description: 'Entries delivered and not yet acknowledged.',
    }),
    consumers: t.field({
      type: [StreamConsumerRef],
      nullable: { list: true, items: false },
      description: 'Its consumers.',
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
  length: t.field({ type: 'SafeInt', description: 'Number of entries (XLEN).', resolve: length }),
  lastId: t.field({
    type: 'StreamId',
    description: 'The ID last added, also where that entry was deleted; `0-0` where none was.',
    resolve: furtherField('STREAM', 'lastId', lastId),
  }),
  entries: t.field({
    authScopes: { may: 'streams:read' },
    type: StreamEntryConnectionRef,
    description: 'From `start` to `end`, both included; `after` is a cursor of this connection.',
    args: {
      ...pageArguments,
      start: t.arg({
        type: 'StreamId',
        required: true,
        defaultValue: '-',
        description: 'The lowest ID; `-` is the first there is.',
      }),
      end: t.arg({
        type: 'StreamId',
        required: true,
        defaultValue: '+',
        description: 'The highest ID; `+` is the last there is.',
      }),
      reverse: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'From `end` down to `start`: the newest first.',
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
    description: 'Its consumer groups.',
    resolve: furtherField('STREAM', 'groups', (reading, _arguments, context) => groups(context, reading)),
  }),
}));

builder.objectField(ClusterRef, 'stream', (t) =>
  t.field({
    authScopes: { may: 'streams:read' },
    type: StreamKeyRef,
    description: 'The stream of this name, or null where there is none; a key of another type is an error.',
    args: { name: t.arg.string({ required: true, description: "The stream's key." }), ...encodingArgument },
    resolve: ({ name }, args, context, info) => stream(context, name, args, keySelection(info, { type: 'STREAM' })),
  }),
);
