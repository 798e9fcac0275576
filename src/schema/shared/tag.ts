import type { Tag } from '../../domain/tags.js';
import { builder } from '../builder.js';
import { guardedByParent } from './scopes.js';

export const TagRef = builder.objectRef<Tag>('Tag').implement({
  extensions: guardedByParent('clusters:read', 'users:read'),
  description: 'A tag of an AWS resource.',
  fields: (t) => ({
    key: t.exposeString('key', { nullable: false, description: 'The key of the tag.' }),
    value: t.exposeString('value', { nullable: false, description: 'The value of the tag.' }),
  }),
});

export const TagInput = builder.inputType('TagInput', {
  description: 'A tag of a new resource.',
  fields: (t) => ({
    key: t.string({
      required: true,
      description: 'The key of the tag: 1 to 128 characters, not starting with `aws:`.',
    }),
    value: t.string({ required: true, description: 'The value of the tag: at most 256 characters.' }),
  }),
});
