import { builder } from '../../builder.js';

export const ListSideEnum = builder.enumType('ListSide', {
  description: 'An end of a list.',
  values: {
    HEAD: { description: 'The end with the index 0 (LEFT).' },
    TAIL: { description: 'The end with the index -1 (RIGHT).' },
  } as const,
});
