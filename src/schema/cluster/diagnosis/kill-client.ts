import { encodeGlobalID } from '@pothos/plugin-relay';
import { killClient } from '../../../resolvers/cluster/diagnosis/clients.js';
import { builder } from '../../builder.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { readNodeId } from './node-input.js';

const KillClientInputRef = builder.inputType('KillClientInput', {
  description: 'A client of a node.',
  fields: (t) => ({
    nodeId: t.id({ required: true, description: 'The `id` of a ClusterNode.' }),
    clientId: t.field({ type: 'SafeInt', required: true, description: 'The `clientId` of a ConnectedClient.' }),
  }),
});

const KillClientPayloadRef = payloadRef<{ readonly id: string }>('KillClientPayload').implement({
  description: 'The result of `killClient`.',
  fields: (t) => ({
    killed: t.boolean({
      description: 'True if the connection was closed; null if there are user errors, such as NOT_FOUND.',
      resolve: ({ result }) => (result ? true : null),
    }),
    killedId: t.id({
      description: 'The `id` of the ConnectedClient, for caches to remove it; null if there are user errors.',
      resolve: ({ result }) => (result ? encodeGlobalID('ConnectedClient', result.id) : null),
    }),
  }),
});

builder.mutationField('killClient', (t) =>
  t.field({
    authScopes: { may: 'nodes:admin' },
    type: KillClientPayloadRef,
    description:
      'Closes the connection of a client (CLIENT KILL ID). Most clients connect again; delete or change their user to prevent it. The user ' +
      'error NOT_FOUND means that no client has this ID. Connections of this process of the API are refused with INVALID_INPUT: use ' +
      '`disconnectCluster` to close them.',
    args: { input: t.arg({ type: KillClientInputRef, required: true, description: 'The node and the client.' }) },
    resolve: (_root, { input: { nodeId, clientId } }, context) =>
      withUserErrors(async () => killClient(context, { nodeId: readNodeId(nodeId), clientId })),
  }),
);
