import { builder } from '../builder.js';

/** Arguments of a connection whose cursors are names. */
export const pageArguments = builder.args((arg) => ({
  first: arg.int({ required: true, defaultValue: 50, description: 'How many at most, 1 to 1000.' }),
  after: arg.string({ description: 'The cursor that the page comes after; the first page without it.' }),
}));
