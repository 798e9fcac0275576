import type { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';

/** The builder of an input type's fields. */
export type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0];

/** The fields that name the key in the input of a mutation. */
export function keyInputFields(t: InputFields, encodes?: string) {
  return {
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    ...keyOperationFields(t, encodes),
  };
}

/** The fields that name the key in the input of an operation of a transaction. */
export function keyOperationFields(t: InputFields, encodes = 'The encoding of the key.') {
  return {
    key: t.string({ required: true, description: 'The name of the key.' }),
    encoding: t.field({ ...encodingInput, description: encodes }),
  };
}

/** The rule for mutations of two keys. */
export const sameSlot =
  'In cluster mode, both names must have the same hash slot, e.g. by the same hash tag (`{cart}:old` and `{cart}:new`); otherwise it is ' +
  'CROSS_SLOT.';

/** The fields that name the two keys in the input of a mutation that moves an element. */
export function moveInputFields(t: InputFields) {
  return {
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    source: t.string({ required: true, description: 'The name of the key from which it is moved.' }),
    destination: t.string({
      required: true,
      description: `The name of the key to which it is moved, which is created if it does not exist. ${sameSlot}`,
    }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the names of the keys.' }),
  };
}
