import { builder } from '../builder.js';

const ExpiryPolicyEnum = builder.enumType('ExpiryPolicy', {
  description: 'KEEP: as the KEEPTTL option of SET. NEVER: as PERSIST.',
  values: {
    KEEP: { description: 'The key goes on expiring as it did.' },
    NEVER: { description: 'The key no longer expires.' },
  } as const,
});

/** When a key is to expire: exactly one of three. */
export const ExpiryInputRef = builder.inputType('ExpiryInput', {
  description: 'Left out, a SET clears the TTL and a write to a hash keeps it, as in Valkey.',
  isOneOf: true,
  fields: (t) => ({
    seconds: t.float({ description: 'From now, to the millisecond, up to the end of the year 9999.' }),
    at: t.field({
      type: 'DateTime',
      description: 'At this time, which is in the future, up to the end of the year 9999 in UTC.',
    }),
    policy: t.field({ type: ExpiryPolicyEnum, description: 'As it is, or never.' }),
  }),
});
