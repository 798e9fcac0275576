import { testFailover } from '../../resolvers/cluster/test-failover.js';
import { builder } from '../builder.js';
import { namedClusterPayload } from './cluster-payload.js';
import { withUserErrors } from '../shared/user-error.js';

const TestFailoverInput = builder.inputType('TestFailoverInput', {
  description: 'A shard whose primary will fail.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    shard: t.string({ required: true, description: 'The node group ID, e.g. `0001`.' }),
  }),
});

const TestFailoverPayload = namedClusterPayload(
  'TestFailoverPayload',
  'The result of `testFailover`, which does not wait for the failover.',
);

builder.mutationField('testFailover', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: TestFailoverPayload,
    description: "Makes a shard's primary fail so that a replica is promoted (TestFailover).",
    args: { input: t.arg({ type: TestFailoverInput, required: true, description: 'The cluster and the shard.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => testFailover(context, input)),
  }),
);
