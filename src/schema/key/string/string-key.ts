import { length, value } from '../../../resolvers/key/key.js';
import { bit, bitCount, cardinality, range } from '../../../resolvers/key/string/string-reads.js';
import { builder } from '../../builder.js';
import { valueEncodingArgument } from '../../shared/encoding.js';
import { furtherField } from '../further-reads.js';
import { keyNode } from '../key-node.js';
import { linkKeysOfType } from '../key-of-type.js';

export const StringKeyRef = keyNode('STRING', 'A key that holds a string: bytes, including text and numbers.');

const BitUnitEnum = builder.enumType('BitUnit', {
  description: 'The unit in which the positions of a range of bits are counted.',
  values: {
    BYTE: { description: 'Positions are those of bytes.' },
    BIT: { description: 'Positions are those of bits.' },
  } as const,
});

builder.objectFields(StringKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'The size of the value in bytes (STRLEN).', resolve: length }),
  value: t.string({
    description: 'The value (GET); null if its bytes are not valid in `valueEncoding`.',
    args: valueEncodingArgument,
    resolve: (reading, { valueEncoding }) => value(reading, valueEncoding),
  }),
  range: t.string({
    description:
      'The bytes `start` to `end` of the value, both included (GETRANGE). Empty if the value has none of them; null if they are not ' +
      'valid in `valueEncoding`, for example if the range divides a character.',
    args: {
      start: t.arg({
        type: 'SafeInt',
        required: true,
        description: 'The first byte, from 0 on. A negative number counts from the end: -1 is the last byte.',
      }),
      end: t.arg({ type: 'SafeInt', required: true, description: 'The last byte, counted like `start`.' }),
      ...valueEncodingArgument,
    },
    resolve: furtherField('STRING', 'range', range),
  }),
  bit: t.boolean({
    description: 'The bit at this offset (GETBIT). Bits beyond the value are false.',
    args: {
      offset: t.arg({
        type: 'SafeInt',
        required: true,
        description: 'The position from 0 on. Position 0 is the most significant bit of the first byte.',
      }),
    },
    resolve: furtherField('STRING', 'bit', bit),
  }),
  bitCount: t.field({
    type: 'SafeInt',
    description:
      'The number of bits that are 1 (BITCOUNT). LIMIT_EXCEEDED for a range of more than `maxCountedBytes` bytes (16 MiB by default), because ' +
      'the server serves nobody else meanwhile: count a longer value in several ranges.',
    args: {
      start: t.arg({
        type: 'SafeInt',
        description: 'The first position; the first of the value if omitted. A negative number counts from the end.',
      }),
      end: t.arg({
        type: 'SafeInt',
        description: 'The last position, which is included; the last of the value if omitted. Counted like `start`.',
      }),
      unit: t.arg({
        type: BitUnitEnum,
        required: true,
        defaultValue: 'BYTE',
        description: 'The unit of `start` and `end`.',
      }),
    },
    resolve: furtherField('STRING', 'bitCount', bitCount),
  }),
  cardinality: t.field({
    type: 'SafeInt',
    description:
      'The estimated number of distinct elements that were added to a HyperLogLog (PFCOUNT); null if the value is not one.',
    resolve: furtherField('STRING', 'cardinality', cardinality),
  }),
}));

linkKeysOfType('string', 'STRING', StringKeyRef);
