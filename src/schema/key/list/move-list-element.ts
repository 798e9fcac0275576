import { encodeBytes } from '../../../domain/encoding.js';
import { moveListElement } from '../../../resolvers/key/list/list-writes.js';
import type { WrittenMove } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { valueEncodingArgumentOf } from '../../shared/encoding.js';
import { selects } from '../../shared/selection.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { moveInputFields } from '../key-input.js';
import { readKeyOfPayload } from '../payload-key.js';
import { ListKeyRef } from './list-key.js';
import { ListSideEnum } from './list-side.js';

const MoveListElementInputRef = builder.inputType('MoveListElementInput', {
  description: 'Two lists, or one, and the ends between which an element is moved.',
  fields: (t) => ({
    ...moveInputFields(t),
    from: t.field({
      type: ListSideEnum,
      required: true,
      defaultValue: 'HEAD',
      description: 'The end of the source from which it is removed.',
    }),
    to: t.field({
      type: ListSideEnum,
      required: true,
      defaultValue: 'TAIL',
      description: 'The end of the destination to which it is added.',
    }),
  }),
});

const MoveListElementPayloadRef = payloadRef<WrittenMove & { readonly element: Buffer | null }>(
  'MoveListElementPayload',
).implement({
  description: 'The result of `moveListElement`.',
  fields: (t) => ({
    moved: t.boolean({
      description: 'Whether an element was moved; false if the source does not exist.',
      resolve: ({ result }) => result && result.element !== null,
    }),
    element: t.string({
      authScopes: { may: 'keys:read' },
      description: 'The moved element; null if there was none, or if its bytes are not valid in `valueEncoding`.',
      args: valueEncodingArgumentOf('The encoding of the element.'),
      resolve: ({ result }, { valueEncoding }) => result?.element && encodeBytes(result.element, valueEncoding),
    }),
    source: t.field({
      authScopes: { may: 'keys:read' },
      type: ListKeyRef,
      description: 'The current state of the source; null if no element is left, or if there are user errors.',
      resolve: readKeyOfPayload(({ cluster, source }: WrittenMove) => ({ cluster, key: source }), 'LIST'),
    }),
    destination: t.field({
      authScopes: { may: 'keys:read' },
      type: ListKeyRef,
      description: 'The current state of the destination; null if it does not exist, or if there are user errors.',
      resolve: readKeyOfPayload(({ cluster, destination }: WrittenMove) => ({ cluster, key: destination }), 'LIST'),
    }),
  }),
});

builder.mutationField('moveListElement', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: MoveListElementPayloadRef,
    description:
      'Moves an element from an end of a list to an end of another list, or of the same, in one step (LMOVE). Moving the last element ' +
      'deletes the source.',
    args: { input: t.arg({ type: MoveListElementInputRef, required: true, description: 'The lists and their ends.' }) },
    resolve: (_root, { input }, context, info) =>
      withUserErrors(() => moveListElement(context, input, selects(info, 'element'))),
  }),
);
