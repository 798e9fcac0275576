import { connectCluster, disconnectCluster } from '../../resolvers/cluster/data-access.js';
import { builder } from '../builder.js';
import { clusterPayload } from './cluster-payload.js';
import { withUserErrors } from '../shared/user-error.js';

const ConnectClusterInput = builder.inputType('ConnectClusterInput', {
  description:
    'A cluster and the credentials with which this API connects to it. They are kept in memory only and never shown.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    username: t.string({ description: 'The name of the Valkey user. If omitted, the default user.' }),
    password: t.string({
      description: 'The password of the user, or the AUTH token of a cluster without user groups.',
    }),
  }),
});

const DisconnectClusterInput = builder.inputType('DisconnectClusterInput', {
  description: 'The cluster to disconnect from.',
  fields: (t) => ({ cluster: t.string({ required: true, description: "The cluster's name, in any case." }) }),
});

const clusterDescription = 'The cluster, with the new state in its `dataAccess`; null if there are user errors.';
const ConnectClusterPayload = clusterPayload(
  'ConnectClusterPayload',
  'The result of `connectCluster`, once the connection is open or refused.',
  clusterDescription,
);
const DisconnectClusterPayload = clusterPayload(
  'DisconnectClusterPayload',
  'The result of `disconnectCluster`, once the connection is closed.',
  clusterDescription,
);

builder.mutationFields((t) => ({
  connectCluster: t.field({
    authScopes: { may: 'clusters:admin' },
    type: ConnectClusterPayload,
    description:
      "Connects this API to a cluster's data with the given credentials, for all callers of this process and until it ends. Waits for " +
      'a cluster that is CREATING. Refused credentials are the user error PERMISSION_DENIED.',
    args: {
      input: t.arg({ type: ConnectClusterInput, required: true, description: 'The cluster and the credentials.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => connectCluster(context, input)),
  }),
  disconnectCluster: t.field({
    authScopes: { may: 'clusters:admin' },
    type: DisconnectClusterPayload,
    description:
      "Closes this API's connections to a cluster and forgets the credentials that `connectCluster` was given.",
    args: { input: t.arg({ type: DisconnectClusterInput, required: true, description: 'The cluster.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => disconnectCluster(context, input)),
  }),
}));
