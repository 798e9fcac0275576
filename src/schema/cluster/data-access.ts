import type { DataAccess } from '../../domain/cluster/data-access.js';
import { dataAccess, findDataAccess } from '../../resolvers/cluster/data-access.js';
import { builder } from '../builder.js';
import { ClusterRef } from './cluster.js';
import { loadAlone } from '../shared/load-node.js';
import { requiresPermission } from '../shared/scopes.js';

const DataAccessStateEnum = builder.enumType('DataAccessState', {
  description: "How this API's own access to a cluster's data stands.",
  values: {
    DISCONNECTED: { description: 'Not tried yet, or closed by `disconnectCluster`.' },
    CONNECTING: { description: 'Being opened.' },
    CONNECTED: { description: 'Open.' },
    RECONNECTING: { description: 'Lost, and being opened again.' },
    FAILED: { description: 'Refused or unreachable; `error` says why.' },
  } as const,
});

const DataAccessRef = builder.objectRef<DataAccess>('DataAccess');

builder.node(DataAccessRef, {
  extensions: requiresPermission('clusters:read', ['id', 'state', 'tls', 'since']),
  description: "State of this API's own access to a cluster's data.",
  id: { resolve: ({ clusterName }) => clusterName },
  loadOne: loadAlone('DataAccess', findDataAccess),
  fields: (t) => ({
    state: t.expose('state', { type: DataAccessStateEnum, nullable: false, description: 'How it stands.' }),
    username: t.exposeString('username', { description: 'The Valkey user in use; null for the default user.' }),
    tls: t.exposeBoolean('tls', { nullable: false, description: 'Whether the connections use TLS.' }),
    error: t.exposeString('error', { description: 'Why the last attempt failed; null where it did not.' }),
    since: t.expose('since', { type: 'DateTime', description: 'Since when `state` holds.' }),
  }),
});

builder.objectField(ClusterRef, 'dataAccess', (t) =>
  t.field({
    type: DataAccessRef,
    nullable: false,
    description: "State of this API's own access to the cluster's data.",
    resolve: ({ name }, _arguments, context) => dataAccess(context, name),
  }),
);
