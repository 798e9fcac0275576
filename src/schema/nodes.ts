import { resolveNodes } from '@pothos/plugin-relay';
import { invalidInput } from '../domain/errors.js';
import { builder } from './builder.js';
import { checkNodeType, decodeGlobalID } from './shared/global-id.js';
import { keyOfGlobalId } from './key/key-of-global-id.js';
import { guardedByResolver } from './shared/scopes.js';

const maxIds = 1000;

/** GraphQL raises an error in the place where it is a value. */
const asValue = (error: unknown): unknown => error;

builder.queryField('nodes', (t) =>
  t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    extensions: guardedByResolver,
    description:
      'The objects with these global IDs in the order asked, null for each that is gone. An ID that is none, or whose object ' +
      'cannot be read, is null with an error of its own.',
    args: {
      ids: t.arg.idList({
        required: true,
        description: `At most ${maxIds} \`id\`s of objects, as they were answered.`,
      }),
    },
    resolve: async (_root, { ids }, context, info) => {
      if (ids.length > maxIds) throw invalidInput(`Expected at most ${maxIds} IDs, got ${ids.length}.`, ['ids']);
      // The plugin's own field reads all of them first, and fails with the first that is none.
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
