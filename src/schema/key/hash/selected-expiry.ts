import type { ExpiryFact } from '../../../datasources/valkey/values/hash/field-expiry.js';
import { selectedAt, selects } from '../../shared/selection.js';
import type { SelectedField } from '../further-reads.js';

/** The selected facts about the expiry of fields, which are read with the fields: one that is gone meanwhile must be absent. */
export interface SelectedExpiry {
  readonly expiry: readonly ExpiryFact[];
}

const facts: readonly (readonly [field: string, fact: ExpiryFact])[] = [
  ['ttlSeconds', 'ttl'],
  ['expiresAt', 'expiresAt'],
];

/** For a field that returns fields of a hash. */
export function expiryOfFields(info: Pick<SelectedField, 'fieldNodes' | 'fragments'>): SelectedExpiry {
  return { expiry: facts.flatMap(([field, fact]) => (selects(info, field) ? [fact] : [])) };
}

/** For a field that returns a page of fields. */
export function expiryOfPage(info: SelectedField): SelectedExpiry {
  const fieldNodes = [...selectedAt(info, ['nodes']), ...selectedAt(info, ['edges', 'node'])];
  return expiryOfFields({ fieldNodes, fragments: info.fragments });
}
