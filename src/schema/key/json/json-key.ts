import { json } from '../../../resolvers/key/json/json.js';
import { builder } from '../../builder.js';
import { furtherField } from '../further-reads.js';
import { keyNode } from '../key-node.js';

const JsonKeyRef = keyNode('JSON', 'A key that holds a document of the JSON module. It can only be read.');

builder.objectField(JsonKeyRef, 'json', (t) =>
  t.field({
    type: 'JSON',
    description:
      'The values at a path (JSON.GET); more than 4 MiB are INVALID_STATE. An integer that a double cannot hold is text with its digits. Fails with NOT_SUPPORTED ' +
      'if the server no longer has the module.',
    args: {
      path: t.arg.string({
        required: true,
        defaultValue: '$',
        description:
          'A JSONPath such as `$.items[0]`, which gives a list of all values that it selects, or a path of the restricted syntax such as ' +
          '`.items`, which gives the first value, or null if there is none.',
      }),
    },
    resolve: furtherField('JSON', 'json', json),
  }),
);
