import { ExpectedFailure, invalidInput } from './errors.js';

/** A label that AWS keeps with a resource. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

const maxTags = 50;

/**
 * Checks a resource's tags: at most 50; keys of 1 to 128 characters, unique and not beginning with `aws:`; values of at
 * most 256.
 * @throws ExpectedFailure INVALID_INPUT at the key or value of a tag of the list at `path`; QUOTA_EXCEEDED at `path`
 */
export function checkTags(tags: readonly Tag[], path?: readonly string[]): void {
  const keys = new Set<string>();
  for (const [index, { key, value }] of tags.entries()) {
    const at = (field: keyof Tag): readonly string[] | undefined => path && [...path, String(index), field];
    if (key.length < 1 || key.length > 128) throw invalidInput('Expected tag keys of 1 to 128 characters.', at('key'));
    if (key.toLowerCase().startsWith('aws:')) throw invalidInput('Tag keys may not begin with "aws:".', at('key'));
    if (value.length > 256)
      throw invalidInput(
        `Expected tag values of at most 256 characters, got ${value.length} in tag ${index + 1}.`,
        at('value'),
      );
    if (keys.has(key)) throw invalidInput(`Expected each tag key once, got that of tag ${index + 1} twice.`, at('key'));
    keys.add(key);
  }
  if (tags.length > maxTags) {
    const message = `A resource has at most ${maxTags} tags, got ${tags.length}.`;
    throw new ExpectedFailure('QUOTA_EXCEEDED', message, { path, upstreamCode: 'TagQuotaPerResourceExceeded' });
  }
}
