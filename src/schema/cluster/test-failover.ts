import { testFailover } from '../../resolvers/cluster/test-failover.js';
import { builder } from '../builder.js';
import { namedClusterPayload } from './cluster-payload.js';
import { withUserErrors } from '../shared/user-error.js';

const TestFailoverInput = builder.inputType('TestFailoverInput', {
  description: 'The shard whose primary is to fail.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    shard: t.string({ required: true, description: 'The node group ID, e.g. `0001`.' }),
  }),
});

const TestFailoverPayload = namedClusterPayload('TestFailoverPayload', 'What `testFailover` answers, at once.');

builder.mutationField('testFailover', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: TestFailoverPayload,
    description: "Lets a shard's primary fail, to see a replica take over (TestFailover).",
    args: { input: t.arg({ type: TestFailoverInput, required: true, description: 'Which shard.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => testFailover(context, input)),
  }),
);
