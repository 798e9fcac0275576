import { builder } from '../builder.js';

/** Arguments of every connection. */
export const pageArguments = builder.args((arg) => ({
  first: arg.int({ required: true, defaultValue: 50, description: 'The most items on the page, 1 to 1000.' }),
  after: arg.string({ description: 'The cursor after which the page begins. If omitted, the first page.' }),
}));
