import type { Tag } from '@aws-sdk/client-elasticache';
import { checkTags, type Tag as DomainTag } from '../../../domain/tags.js';

/** Tags of a request, checked. */
export function readTags(tags: readonly Tag[] = []): DomainTag[] {
  const read = tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }));
  checkTags(read);
  return read;
}
