import { builder } from '../builder.js';

export const SetConditionEnum = builder.enumType('SetCondition', {
  description: 'A condition under which a string or a member is set.',
  values: {
    IF_ABSENT: { description: 'Only if the key, or the member, does not exist (NX).' },
    IF_PRESENT: { description: 'Only if the key, or the member, exists (XX).' },
  } as const,
});
