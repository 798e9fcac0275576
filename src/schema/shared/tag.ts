import type { Tag } from '../../domain/tags.js';
import { builder } from '../builder.js';
import { guardedByParent } from './scopes.js';

/** A label that AWS keeps with a resource. */
export const TagRef = builder.objectRef<Tag>('Tag').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'A label that AWS keeps with a resource.',
  fields: (t) => ({
    key: t.exposeString('key', { nullable: false, description: 'What the label is about.' }),
    value: t.exposeString('value', { nullable: false, description: 'What it says.' }),
  }),
});

export const TagInput = builder.inputType('TagInput', {
  description: 'A label to keep with a new resource.',
  fields: (t) => ({
    key: t.string({ required: true, description: '1 to 128 characters, not beginning with `aws:`.' }),
    value: t.string({ required: true, description: 'Up to 256 characters.' }),
  }),
});
