import { builder } from '../builder.js';

const EncodingEnum = builder.enumType('Encoding', {
  description: 'How bytes are written as text, in arguments and in results. Names and values in Valkey are bytes.',
  values: {
    UTF8: { description: 'UTF-8 text. Bytes that are not valid UTF-8 are null in results.' },
    BASE64: { description: 'Base64 with padding (RFC 4648, section 4), for any bytes.' },
    HEX: { description: 'Two hexadecimal digits a byte, for any bytes.' },
  } as const,
});

/** The argument `encoding` of a field. */
export const encodingArgumentOf = (description: string) =>
  builder.args((arg) => ({
    encoding: arg.field({ type: EncodingEnum, required: true, defaultValue: 'UTF8', description }),
  }));

/** The argument `valueEncoding` of a field. */
export const valueEncodingArgumentOf = (description: string) =>
  builder.args((arg) => ({
    valueEncoding: arg.field({ type: EncodingEnum, required: true, defaultValue: 'UTF8', description }),
  }));

/** The encoding of names, in a field's arguments and in its result. */
export const encodingArgument = encodingArgumentOf(
  'The encoding of names in the arguments and the result of this field.',
);

/** The encoding of values. */
export const valueEncodingArgument = valueEncodingArgumentOf('The encoding of the value.');

/** An input field with the encoding of the names, or of the values, in the input. */
export const encodingInput = { type: EncodingEnum, required: true, defaultValue: 'UTF8' } as const;
