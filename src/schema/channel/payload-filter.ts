import { builder } from '../builder.js';

export const PayloadConditionRef = builder.inputType('PayloadCondition', {
  description:
    "A condition on one member of a message's JSON payload: a path and exactly one of `equals`, `in` and `exists`.",
  fields: (t) => ({
    path: t.string({
      required: true,
      description:
        'The path of the member: at most 16 names separated by dots, e.g. `order.status`, or `items.0.sku` with an index of a list, ' +
        'starting at 0. A dot or backslash in a name is escaped by a backslash.',
    }),
    equals: t.field({
      type: 'JSON',
      description:
        'The member exists and equals this string, number, boolean or null. Numbers in messages are compared exactly, without rounding: ' +
        '1e3 equals 1000, and 0.1000000000000000055 does not equal 0.1. Integers beyond ±(2^53−1) are INVALID_INPUT: compare strings ' +
        'instead.',
    }),
    in: t.field({
      type: ['JSON'],
      required: { list: false, items: false },
      description:
        'The member exists and equals one of these 1 to 100 strings, numbers, booleans or nulls, compared as for `equals`.',
    }),
    exists: t.boolean({
      description: 'True if the member must exist, false if it must not. A member with the value null exists.',
    }),
  }),
});
