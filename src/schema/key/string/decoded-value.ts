import type { DecodedValue } from '../../../domain/key/decoding/decoded-value.js';
import { decoded } from '../../../resolvers/key/string/decoded.js';
import { builder } from '../../builder.js';
import { guardedByParent } from '../../shared/scopes.js';
import { StringKeyRef } from './string-key.js';

const ValueFormatEnum = builder.enumType('ValueFormat', {
  description: 'A format in which a value is written.',
  values: {
    JSON: { description: 'JSON (RFC 8259).' },
    MESSAGE_PACK: { description: 'MessagePack whose outermost value is a map or a list.' },
    GZIP: { description: 'Compressed by gzip (RFC 1952).' },
    ZSTD: { description: 'Compressed by Zstandard (RFC 8878), without a dictionary.' },
  } as const,
});

const DecodedValueRef = builder.objectRef<DecodedValue>('DecodedValue').implement({
  extensions: guardedByParent('keys:read'),
  description: 'A value without the formats in which it is written.',
  fields: (t) => ({
    formats: t.field({
      type: [ValueFormatEnum],
      nullable: false,
      description: 'The formats that were decoded, outermost first; empty if none was recognised.',
      resolve: ({ formats }) => formats,
    }),
    json: t.field({
      type: 'JSON',
      description:
        'The value if the last format is JSON or MESSAGE_PACK; otherwise null. An integer beyond ±(2^53−1), and a number too large for a ' +
        'double, is a string of its digits. For MessagePack, infinities and NaN are the strings `inf`, `-inf` and `nan`, binary data is ' +
        'Base64, timestamps are RFC 3339, and other extensions are `{extensionType, base64}`.',
      resolve: ({ json }) => json,
    }),
    text: t.exposeString('text', {
      description:
        'The decompressed bytes as text, for JSON as it is written; null if they are not UTF-8, or are MessagePack. If `truncated`, it ' +
        'may be only the beginning.',
    }),
    truncated: t.exposeBoolean('truncated', {
      nullable: false,
      description:
        'Whether a limit ended the decoding: `json` is null, and the value is longer than `text`, nested deeper than is parsed, or ' +
        'compressed once more.',
    }),
  }),
});

builder.objectField(StringKeyRef, 'decoded', (t) =>
  t.field({
    type: DecodedValueRef,
    description:
      'The value decoded, outermost format first (GET, once for `value` and `decoded`). Without `as`, gzip and zstd are recognised by their ' +
      'first bytes, then JSON, then MessagePack if one map or list uses all bytes. The configuration limits size, depth and layers: ' +
      '`limits.maxDecodedBytes`, …',
    args: {
      as: t.arg({
        type: [ValueFormatEnum],
        description:
          'Decode exactly these formats, outermost first. Fails with INVALID_STATE if the value is not written in them, or a limit prevents ' +
          'it. An empty list decodes nothing.',
      }),
    },
    resolve: decoded,
  }),
);
