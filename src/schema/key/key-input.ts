import type { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0];

/** The fields that name the key in the input of a mutation. */
export function keyInputFields(t: InputFields, encodes = 'The encoding of the key.') {
  return {
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    key: t.string({ required: true, description: 'The name of the key.' }),
    encoding: t.field({ ...encodingInput, description: encodes }),
  };
}
