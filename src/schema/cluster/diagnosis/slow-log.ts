import type { SlowLogEntry } from '../../../datasources/valkey/values/nodes/slow-log.js';
import type { ClusterNode } from '../../../domain/cluster/cluster.js';
import { resetSlowLog, slowLogOfNode } from '../../../resolvers/cluster/diagnosis/slow-log.js';
import { readableNode } from '../../../resolvers/cluster/diagnosis/reported-node.js';
import { builder } from '../../builder.js';
import { guardedByParent } from '../../shared/scopes.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { ClusterNodeRef } from '../node/cluster-node.js';
import { readNodeId } from './node-input.js';

const SlowLogKindEnum = builder.enumType('SlowLogKind', {
  description: 'The reason why a node logs a command.',
  values: {
    SLOW: { description: 'Its execution took longer than the setting `slowlog-log-slower-than`.' },
    LARGE_REQUEST: { description: 'Its request was larger than `commandlog-request-larger-than` (Valkey 8.1).' },
    LARGE_REPLY: { description: 'Its reply was larger than `commandlog-reply-larger-than` (Valkey 8.1).' },
  } as const,
});

const SlowLogEntryRef = builder.objectRef<SlowLogEntry>('SlowLogEntry').implement({
  extensions: guardedByParent('nodes:read'),
  description: 'A command that a node has logged because it was slow, or because its request or reply was large.',
  fields: (t) => ({
    sequence: t.expose('sequence', {
      type: 'SafeInt',
      nullable: false,
      description: 'The ID of the entry. Later entries of the same kind on the same node have higher IDs.',
    }),
    at: t.expose('at', { type: 'DateTime', nullable: false, description: 'When the command was executed.' }),
    durationMicroseconds: t.field({
      type: 'SafeInt',
      nullable: false,
      description:
        'How long its execution took, without waiting and without the transfer of the reply; 0 for LARGE_REQUEST and LARGE_REPLY, whose ' +
        'duration is not logged.',
      resolve: ({ durationMicroseconds }) => durationMicroseconds ?? 0,
    }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'SafeInt',
      nullable: true,
      description: 'The size of the request (LARGE_REQUEST) or of the reply (LARGE_REPLY) in bytes; null for SLOW.',
    }),
    arguments: t.stringList({
      nullable: { list: false, items: false },
      description:
        'The command and its arguments, shortened by the server. Bytes that are not UTF-8 and control characters are shown as `\\xff`, a ' +
        'backslash as `\\\\`. Passwords are shown as `(redacted)`.',
      resolve: (entry) => [...entry.arguments],
    }),
    client: t.exposeString('client', { description: 'The address of the client; null if the server does not log it.' }),
    clientName: t.exposeString('clientName', { description: 'The name of the client; null if it had none.' }),
  }),
});

builder.objectField(ClusterNodeRef, 'slowLog', (t) =>
  t.field({
    authScopes: { may: 'nodes:read' },
    type: [SlowLogEntryRef],
    nullable: { list: true, items: false },
    description:
      'The newest entries of the log of slow commands, newest first (COMMANDLOG GET, or SLOWLOG GET if the server has no COMMANDLOG). Fails ' +
      'with NOT_SUPPORTED for large requests and replies if the server has no COMMANDLOG.',
    args: {
      kind: t.arg({
        type: SlowLogKindEnum,
        required: true,
        defaultValue: 'SLOW',
        description: 'Which commands are shown.',
      }),
      first: t.arg.int({ required: true, defaultValue: 50, description: 'The most entries, 1 to 1000.' }),
    },
    resolve: (node, args, context) => slowLogOfNode(context, node, args),
  }),
);

const ResetSlowLogInputRef = builder.inputType('ResetSlowLogInput', {
  description: 'A log of slow commands.',
  fields: (t) => ({
    nodeId: t.id({ required: true, description: 'The `id` of a ClusterNode.' }),
    kind: t.field({
      type: SlowLogKindEnum,
      required: true,
      defaultValue: 'SLOW',
      description: 'Which of the logs of the node is cleared.',
    }),
  }),
});

const ResetSlowLogPayloadRef = payloadRef<ClusterNode>('ResetSlowLogPayload').implement({
  description: 'The result of `resetSlowLog`.',
  fields: (t) => ({
    node: t.field({
      authScopes: { may: 'clusters:read' },
      type: ClusterNodeRef,
      description: 'The node; null if there are user errors.',
      resolve: ({ result }, _arguments, context) => (result ? readableNode(context, result) : null),
    }),
  }),
});

builder.mutationField('resetSlowLog', (t) =>
  t.field({
    authScopes: { may: 'nodes:admin' },
    type: ResetSlowLogPayloadRef,
    description:
      'Deletes the entries of one kind from the log of slow commands of a node, for all users of the node (COMMANDLOG RESET, or SLOWLOG ' +
      'RESET if the server has no COMMANDLOG).',
    args: { input: t.arg({ type: ResetSlowLogInputRef, required: true, description: 'The node and the log.' }) },
    resolve: (_root, { input: { nodeId, kind } }, context) =>
      withUserErrors(async () => resetSlowLog(context, { nodeId: readNodeId(nodeId), kind })),
  }),
);
