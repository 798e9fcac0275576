import { builder } from '../builder.js';

/** A condition that messages must meet to be sent to a subscriber. */
export const PayloadConditionRef = builder.inputType('PayloadCondition', {
  description:
    "A condition on one member of a message's JSON payload: its path and exactly one of `equals`, `in` and `exists`.",
  fields: (t) => ({
    path: t.string({
      required: true,
      description:
        'Names from the outside in with dots between them, at most 16: `order.status`; places of a list count from 0: ' +
        '`items.0.sku`. A dot or backslash of a name is written after a backslash.',
    }),
    equals: t.field({
      type: 'JSON',
      description:
        'The member is there and is this text, number, boolean or null. A number here is a 64-bit floating-point number; those of ' +
        'messages are compared with it digit for digit and are not rounded, so that 1e3 is 1000 and 0.1000000000000000055 is not 0.1. ' +
        'Integers beyond ±(2^53−1) are refused: compare text instead.',
    }),
    in: t.field({
      type: ['JSON'],
      required: { list: false, items: false },
      description:
        'The member is there and is one of these 1 to 100 texts, numbers, booleans or nulls, as with `equals`.',
    }),
    exists: t.boolean({ description: 'Whether the member is there at all; null is there.' }),
  }),
});
