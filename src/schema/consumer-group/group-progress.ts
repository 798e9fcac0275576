import { groupProgress } from '../../resolvers/consumer-group/group-progress.js';
import { builder } from '../builder.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { encodingArgumentOf } from '../shared/encoding.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { ConsumerGroupRef } from './consumer-group.js';

builder.subscriptionField('consumerGroupProgress', (t) =>
  t.field({
    authScopes: { may: 'groups:read' },
    type: ConsumerGroupRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description:
      'The current state of a consumer group, and its new state when its lag, pending entries or consumers changed, e.g. for a ' +
      'dashboard. All subscribers share one poll of the group; acknowledgements through other processes show within two seconds.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name, in any case." }),
      stream: t.arg.string({ required: true, description: 'The key of the stream.' }),
      group: t.arg.string({ required: true, description: 'The name of the consumer group.' }),
      ...encodingArgumentOf('The encoding of `stream` and `group`.'),
      everySeconds: t.arg.float({
        required: true,
        defaultValue: 1,
        description: 'The shortest time between two events in seconds, 0.1 to 3600.',
      }),
    },
    subscribe: (_root, args, context) => groupProgress(context, args),
    resolve: (group) => group,
  }),
);
