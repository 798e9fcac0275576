import type { DataAccess } from '../../domain/cluster/data-access.js';
import { dataAccess, findDataAccess } from '../../resolvers/cluster/data-access.js';
import { builder } from '../builder.js';
import { ClusterRef } from './cluster.js';
import { loadAlone } from '../shared/load-node.js';
import { requiresPermission } from '../shared/scopes.js';

const DataAccessStateEnum = builder.enumType('DataAccessState', {
  description: "The state of this API's own connections to a cluster's data.",
  values: {
    DISCONNECTED: { description: 'No connection was tried yet, or `disconnectCluster` closed it.' },
    CONNECTING: { description: 'Connections are being opened.' },
    CONNECTED: { description: 'Connections are open.' },
    RECONNECTING: { description: 'Connections were lost and are being opened again.' },
    FAILED: { description: 'The cluster refused the connection or is unreachable; see `error`.' },
  } as const,
});

const DataAccessRef = builder.objectRef<DataAccess>('DataAccess');

builder.node(DataAccessRef, {
  extensions: requiresPermission('clusters:read', ['id', 'state', 'tls', 'since']),
  description: "This API's own access to a cluster's data.",
  id: { resolve: ({ clusterName }) => clusterName },
  loadOne: loadAlone('DataAccess', findDataAccess),
  fields: (t) => ({
    state: t.expose('state', { type: DataAccessStateEnum, nullable: false, description: 'The current state.' }),
    username: t.exposeString('username', { description: 'The name of the Valkey user; null for the default user.' }),
    tls: t.exposeBoolean('tls', { nullable: false, description: 'Whether the connections use TLS.' }),
    error: t.exposeString('error', { description: 'The reason why the last attempt failed; null if it succeeded.' }),
    since: t.expose('since', {
      type: 'DateTime',
      description: 'When `state` last changed; null if no connection was tried yet.',
    }),
  }),
});

builder.objectField(ClusterRef, 'dataAccess', (t) =>
  t.field({
    type: DataAccessRef,
    nullable: false,
    description:
      "This API's own access to the cluster's data: its state after the other selected fields of the cluster were read.",
    resolve: ({ name }, _arguments, context) => dataAccess(context, name),
  }),
);
