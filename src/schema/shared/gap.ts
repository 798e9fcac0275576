import type { Gap } from '../../domain/realtime/delivery.js';
import { builder } from '../builder.js';
import { guardedByParent } from './scopes.js';

const GapReasonEnum = builder.enumType('GapReason', {
  description: 'The reason why deliveries may have been lost.',
  values: {
    RECONNECTED: { description: 'This API lost its connection to Valkey and has connected again.' },
    SLOW_SUBSCRIBER: { description: 'The subscriber read messages more slowly than they arrived.' },
    TRIMMED: {
      description:
        'Entries after the position were removed before they were read, because the stream was trimmed or deleted. For `events`: this API ' +
        'could not read them for so long that ElastiCache no longer has all of them.',
    },
    GROUP_AHEAD: {
      description:
        "The consumer group's position is above the stream's last ID, e.g. after XGROUP CREATE or SETID with an ID of a deleted stream. " +
        'No consumer receives entries until their IDs exceed the position or the group is set back. Reported at the start and whenever ' +
        'entries were added.',
    },
    GROUP_REMADE: {
      description:
        'The consumer group or its stream was deleted, and the group was created again at its last known position. Entries that were ' +
        'pending in other processes may be delivered again, or never if their consumers stop.',
    },
  } as const,
});

/** A loss in a channel, a stream, a consumer group, a watched key or ElastiCache's events. */
export const GapRef = builder.objectRef<Gap>('Gap').implement({
  extensions: guardedByParent('channels:read', 'streams:read', 'keys:read', 'clusters:read', 'users:read'),
  description: 'A report that deliveries before this one may have been lost.',
  fields: (t) => ({
    reason: t.expose('reason', { type: GapReasonEnum, nullable: false, description: 'The reason for the loss.' }),
    missed: t.expose('missed', {
      type: 'SafeInt',
      nullable: true,
      description: 'The number of lost messages or entries; null if it is unknown.',
    }),
  }),
});
