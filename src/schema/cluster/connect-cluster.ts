import { connectCluster, disconnectCluster } from '../../resolvers/cluster/data-access.js';
import { builder } from '../builder.js';
import { clusterPayload } from './cluster-payload.js';
import { withUserErrors } from '../shared/user-error.js';

const ConnectClusterInput = builder.inputType('ConnectClusterInput', {
  description: "The cluster to enter, and this API's credentials for it. They are kept in memory only and never shown.",
  fields: (t) => ({
    cluster: t.string({ required: true, description: 'Its name.' }),
    username: t.string({ description: 'The user name; the default user without it.' }),
    password: t.string({ description: 'The password, or the AUTH token of a cluster without user groups.' }),
  }),
});

const DisconnectClusterInput = builder.inputType('DisconnectClusterInput', {
  description: 'The cluster to leave.',
  fields: (t) => ({ cluster: t.string({ required: true, description: 'Its name.' }) }),
});

const clusterDescription = 'The cluster; its `dataAccess` tells how the access now stands.';
const ConnectClusterPayload = clusterPayload(
  'ConnectClusterPayload',
  'What `connectCluster` answers, once the access is open or refused.',
  clusterDescription,
);
const DisconnectClusterPayload = clusterPayload(
  'DisconnectClusterPayload',
  'What `disconnectCluster` answers, once the access is closed.',
  clusterDescription,
);

builder.mutationFields((t) => ({
  connectCluster: t.field({
    authScopes: { may: 'clusters:admin' },
    type: ConnectClusterPayload,
    description:
      "Opens this API's access to a cluster's data with the given credentials, which are kept in memory only. Waits for a cluster " +
      'that is CREATING.',
    args: { input: t.arg({ type: ConnectClusterInput, required: true, description: 'Where, and as whom.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => connectCluster(context, input)),
  }),
  disconnectCluster: t.field({
    authScopes: { may: 'clusters:admin' },
    type: DisconnectClusterPayload,
    description: "Closes this API's access to a cluster's data and forgets the credentials.",
    args: { input: t.arg({ type: DisconnectClusterInput, required: true, description: 'Where.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => disconnectCluster(context, input)),
  }),
}));
