import type { Tag } from '@aws-sdk/client-elasticache';
import { checkTags, type Tag as DomainTag } from '../../../domain/tags.js';

/** Reads and checks the tags of a request. */
export function readTags(tags: readonly Tag[] = []): DomainTag[] {
  const read = tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }));
  checkTags(read);
  return read;
}
