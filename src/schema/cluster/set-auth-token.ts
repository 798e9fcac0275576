import { setAuthToken } from '../../resolvers/cluster/set-auth-token.js';
import { builder } from '../builder.js';
import { withUserErrors } from '../shared/user-error.js';
import { namedClusterPayload } from './cluster-payload.js';

const AuthTokenStrategyEnum = builder.enumType('AuthTokenStrategy', {
  description: 'A change of the AUTH token of a cluster.',
  values: {
    SET: { description: 'The token replaces all earlier ones.' },
    ROTATE: { description: 'The token is added. The previous one stays valid until the next SET.' },
    DELETE: { description: 'The token is deleted, and the users of user groups replace it.' },
  } as const,
});

const SetAuthTokenInput = builder.inputType('SetAuthTokenInput', {
  description: 'A cluster and the change of its AUTH token.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    strategy: t.field({ type: AuthTokenStrategyEnum, required: true, description: 'The change.' }),
    token: t.string({
      description:
        'The new token, except with DELETE: 16 to 128 letters, digits and the special characters ! & # $ ^ < > -. It is never shown again.',
    }),
    addUserGroupIds: t.stringList({
      description:
        'With DELETE: IDs of the user groups whose users may connect from now on. ElastiCache requires one unless the cluster has one.',
    }),
  }),
});

const SetAuthTokenPayload = namedClusterPayload(
  'SetAuthTokenPayload',
  'The result of `setAuthToken`, which does not wait until all nodes have the change.',
);

builder.mutationField('setAuthToken', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: SetAuthTokenPayload,
    description:
      'Sets, rotates or deletes the AUTH token of a cluster with TLS (ModifyReplicationGroup with AuthTokenUpdateStrategy). To change a ' +
      'token without a moment in which clients fail: ROTATE, give clients the new token, then SET.',
    args: { input: t.arg({ type: SetAuthTokenInput, required: true, description: 'The cluster and the change.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setAuthToken(context, input), input),
  }),
);
