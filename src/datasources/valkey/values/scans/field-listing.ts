import type { HashField } from '../hash/hash.js';
import { createFieldScan } from './field-scan.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';
import { scanStart, type ReturnedNames, type ScanPosition } from './scan-position.js';
import { maxPerScan } from './scan-reply.js';
import { ScannedNames } from './scanned-names.js';

type Hash = Pick<KeySnapshot, 'commands' | 'name'>;

interface ListedField extends HashField {
  /** The position after this field. Its size is the same for each field of a page. */
  readonly position: () => ScanPosition;
  /** The position after this field if it is the last of its page. It grows with the reply, and stays valid if the hash changes. */
  readonly lastPosition: () => ScanPosition;
}

export interface FieldPage {
  readonly fields: readonly ListedField[];
  /** Undefined at the end. */
  readonly next: ScanPosition | undefined;
}

/** About how many fields are scanned for one page. A pattern may match few fields of a large hash, or none. */
const maxScannedFields = 10_000;

/** Reads one page with HSCAN. A page has no duplicates. All pages together have each field at least once that existed throughout. */
export async function listFields(
  { commands, name: key }: Hash,
  from: ScanPosition,
  { first, match }: { readonly first: number; readonly match?: Buffer | undefined },
): Promise<FieldPage> {
  const fields = new Map<string, ListedField>();
  const scan = createFieldScan({ commands, name: key }, match);
  let position = from;
  let scanned = 0;
  for (;;) {
    const { returned } = position;
    const idealCount = match ? maxPerScan : Math.min(Math.max(first - fields.size, 10), maxPerScan);
    const count = 'of' in returned ? returned.of.count : idealCount;
    const reply = await scan(position.cursor, count);
    if (position.process !== reply.process && position.cursor !== '0') {
      position = scanStart;
      continue;
    }
    scanned += count;
    const { cursor } = position;
    const at = (returned: ReturnedNames): ScanPosition => ({ process: reply.process, cursor, returned });
    const values = new Map(reply.fields.map(({ name, value }) => [name.toString('latin1'), value]));
    const names = reply.fields.map(({ name }) => name);
    const found = new ScannedNames(names, count, returned);
    let taken = 0;
    for (const { name, place } of found.fresh) {
      if (fields.size === first) break;
      taken += 1;
      const id = name.toString('latin1');
      const value = values.get(id);
      if (value === undefined || fields.has(id)) continue;
      const consumed = taken;
      fields.set(id, {
        name,
        value,
        position: () => at(found.through(place)),
        lastPosition: () => at(found.behind(consumed)),
      });
    }

    const done = [...fields.values()];
    if (taken < found.fresh.length) return { fields: done, next: at(found.behind(taken)) };
    if (reply.cursor === '0') return { fields: done, next: undefined };
    position = { ...scanStart, process: reply.process, cursor: reply.cursor };
    if (fields.size >= first || scanned >= maxScannedFields) return { fields: done, next: position };
  }
}
