import { groupProgress } from '../../resolvers/consumer-group/group-progress.js';
import { builder } from '../builder.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { EncodingEnum } from '../shared/encoding.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { ConsumerGroupRef } from '../stream/stream-key.js';

builder.subscriptionField('consumerGroupProgress', (t) =>
  t.field({
    authScopes: { may: 'groups:read' },
    type: ConsumerGroupRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description:
      'How far a consumer group is, for a dashboard: as it is now, and again when its lag, what is pending or its consumers ' +
      'have changed. However many follow a group, it is looked at once; what other processes acknowledge shows within two seconds.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name." }),
      stream: t.arg.string({ required: true, description: "The stream's key." }),
      group: t.arg.string({ required: true, description: "The group's name." }),
      encoding: t.arg({
        type: EncodingEnum,
        required: true,
        defaultValue: 'UTF8',
        description: 'How stream and group are written here.',
      }),
      everySeconds: t.arg.float({
        required: true,
        defaultValue: 1,
        description: 'The shortest time between two events, 0.1 to 3600 seconds.',
      }),
    },
    subscribe: (_root, args, context) => groupProgress(context, args),
    resolve: (group) => group,
  }),
);
