import { builder } from '../builder.js';

const ExpiryPolicyEnum = builder.enumType('ExpiryPolicy', {
  description: 'An expiry that is not a time.',
  values: {
    KEEP: { description: 'The key keeps its expiry (KEEPTTL).' },
    NEVER: { description: 'The key no longer expires (PERSIST).' },
  } as const,
});

export const ExpiryInputRef = builder.inputType('ExpiryInput', {
  description: 'The expiry of a key: exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    seconds: t.float({ description: 'Seconds from now, to the millisecond, up to the end of the year 9999.' }),
    at: t.field({
      type: 'DateTime',
      description: 'A time in the future, up to the end of the year 9999 in UTC.',
    }),
    policy: t.field({ type: ExpiryPolicyEnum, description: 'An expiry that is not a time.' }),
  }),
});
