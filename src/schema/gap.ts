import type { Gap } from '../domain/delivery.js';
import { builder } from './builder.js';

const GapReasonEnum = builder.enumType('GapReason', {
  description: 'Why deliveries may have been lost.',
  values: {
    RECONNECTED: { description: "This API's connection to Valkey was cut and is back." },
    SLOW_SUBSCRIBER: { description: 'The subscriber did not take messages as fast as they came.' },
    TRIMMED: { description: 'Entries after the position were removed from the stream before they were read.' },
  } as const,
});

/** A loss that is told, of a channel or a stream. */
export const GapRef = builder.objectRef<Gap>('Gap').implement({
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
