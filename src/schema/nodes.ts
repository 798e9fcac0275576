import { resolveNodes } from '@pothos/plugin-relay';
import { invalidInput } from '../domain/errors.js';
import { builder } from './builder.js';
import { checkNodeType, decodeGlobalID } from './shared/global-id.js';
import { keyOfGlobalId } from './key/key-of-global-id.js';
import { guardedByResolver } from './shared/scopes.js';

const maxIds = 1000;

/** graphql-js reports an error that is a value at the path of that value. */
const asValue = (error: unknown): unknown => error;

builder.queryField('nodes', (t) =>
  t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    extensions: guardedByResolver,
    description:
      'The objects with these global IDs, in the same order; null for each that no longer exists or that the caller may not see. ' +
      'An invalid ID, or an object that cannot be read, is null with an error of its own.',
    args: {
      ids: t.arg.idList({
        required: true,
        description: `At most ${maxIds} \`id\`s of objects, as this API returned them.`,
      }),
    },
    resolve: async (_root, { ids }, context, info) => {
      if (ids.length > maxIds) throw invalidInput(`Expected at most ${maxIds} IDs, got ${ids.length}.`, ['ids']);
      // The plugin's own field decodes all IDs first, and fails as a whole if one is invalid.
      const read = ids.map((text, index) => {
        const path = ['ids', String(index)];
        try {
          const id = decodeGlobalID(text, path);
          checkNodeType(info.schema, id, path);
          const key = keyOfGlobalId(context, id, info);
          return key ? { key: key.catch(asValue) } : { id };
        } catch (error) {
          if (error instanceof Error) return { error };
          throw error;
        }
      });
      const found = await resolveNodes(
        builder,
        context,
        info,
        read.map(({ id }) => id),
      );
      return read.map(({ error, key }, index) => error ?? key ?? found[index]);
    },
  }),
);
