import { builder } from '../builder.js';

/** How bytes are written as text, in arguments and in results. */
export const EncodingEnum = builder.enumType('Encoding', {
  description: 'How bytes are written as text, in arguments and in results. Valkey names and values are bytes.',
  values: {
    UTF8: { description: 'As UTF-8 text. Bytes that are not valid UTF-8 are answered as null.' },
    BASE64: { description: 'RFC 4648 Base64 with padding: every byte string can be written.' },
    HEX: { description: 'Two hexadecimal digits a byte: every byte string can be written.' },
  } as const,
});

/** How names are written, in an argument's name and in its result alike. */
export const encodingArgument = builder.args((arg) => ({
  encoding: arg.field({
    type: EncodingEnum,
    required: true,
    defaultValue: 'UTF8',
    description: 'How names are written here.',
  }),
}));

/** How values are written. */
export const valueEncodingArgument = builder.args((arg) => ({
  valueEncoding: arg.field({
    type: EncodingEnum,
    required: true,
    defaultValue: 'UTF8',
    description: 'How the value is written.',
  }),
}));

/** The field of an input that says how its names, or its values, are written. */
export const encodingInput = { type: EncodingEnum, required: true, defaultValue: 'UTF8' } as const;
