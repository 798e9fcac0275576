import type { Gap } from '../../domain/realtime/delivery.js';
import { builder } from '../builder.js';
import { guardedByParent } from './scopes.js';

const GapReasonEnum = builder.enumType('GapReason', {
  description: 'Why deliveries may have been lost.',
  values: {
    RECONNECTED: { description: "This API's connection to Valkey was cut and is back." },
    SLOW_SUBSCRIBER: { description: 'The subscriber did not take messages as fast as they came.' },
    TRIMMED: {
      description:
        'Entries after the position were removed from the stream before they were read, by trimming it or with a stream that was deleted.',
    },
    GROUP_AHEAD: {
      description:
        "The consumer group's position is above the stream's last ID, as after XGROUP CREATE or SETID with an ID of a stream that was " +
        'there before: entries are given to no consumer until their IDs are above it, or the group is set back. Reported at first and ' +
        'whenever entries were added.',
    },
    GROUP_REMADE: {
      description:
        'The consumer group, or its stream, was deleted and the group has been made again where it was: entries that other ' +
        'processes had out may come again, or not at all where their consumers die.',
    },
  } as const,
});

/** A loss that is told, of a channel, a stream or a consumer group. */
export const GapRef = builder.objectRef<Gap>('Gap').implement({
  extensions: guardedByParent('channels:read', 'streams:read'),
  description: 'Deliveries may have been lost before this one.',
  fields: (t) => ({
    reason: t.expose('reason', { type: GapReasonEnum, nullable: false, description: 'Why they may have been lost.' }),
    missed: t.expose('missed', {
      type: 'SafeInt',
      nullable: true,
      description: 'How many were lost; null where it cannot be known.',
    }),
  }),
});
