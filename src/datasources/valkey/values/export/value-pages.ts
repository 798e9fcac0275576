import type { KeyType } from '../../../../domain/key/key.js';
import type { Command, Reply } from '../../interfaces.js';
import { bytesOf, listOf, pairsOf, textOf } from '../../replies.js';

/** A type whose values are exported as text. */
export type LogicalType = Exclude<KeyType, 'JSON' | 'OTHER'>;

/** An element of a value: bytes; a field with its value; a member with its score; or an entry with its ID and its fields. */
export type Item =
  | Buffer
  | readonly [field: Buffer, value: Buffer]
  | { readonly member: Buffer; readonly score: string }
  | { readonly id: string; readonly fields: readonly (readonly [Buffer, Buffer])[] };

/** Elements that one command returned. */
export interface ValuePage {
  readonly items: readonly Item[];
  /** The number of bytes of the elements. */
  readonly bytes: number;
  /** The position after the page; undefined at the end of the value. */
  readonly next: string | undefined;
}

/** Reads the values of one type page by page, so that the memory does not grow with the value. */
export interface PageReader {
  readonly start: string;
  /** `count` is the number of elements, or of bytes of a string. */
  command(this: void, key: Buffer, position: string, count: number): Command['args'];
  page(this: void, reply: Reply, position: string, count: number): ValuePage;
}

const byIndex = (name: string, options: readonly string[], itemsOf: (reply: Reply) => readonly Item[]): PageReader => ({
  start: '0',
  command: (key, position, count) => [name, key, position, String(Number(position) + count - 1), ...options],
  page(reply, position, count) {
    const items = itemsOf(reply);
    return pageOf(items, items.length < count ? undefined : String(Number(position) + count));
  },
});

const byScan = (name: string, itemsOf: (reply: Reply) => readonly Item[]): PageReader => ({
  start: '0',
  command: (key, position, count) => [name, key, position, 'COUNT', String(count)],
  page(reply) {
    const [cursor, items] = listOf(reply);
    const next = textOf(cursor);
    return pageOf(itemsOf(items ?? []), next === '0' ? undefined : next);
  },
});

export const pageReaders: Readonly<Record<LogicalType, PageReader>> = {
  STRING: {
    start: '0',
    command: (key, position, count) => ['GETRANGE', key, position, String(Number(position) + count - 1)],
    page(reply, position, count) {
      const bytes = bytesOf(reply);
      return pageOf([bytes], bytes.length < count ? undefined : String(Number(position) + count));
    },
  },
  LIST: byIndex('LRANGE', [], (reply) => listOf(reply).map(bytesOf)),
  SORTED_SET: byIndex('ZRANGE', ['WITHSCORES'], (reply) =>
    listOf(reply).map((pair) => {
      const [member, score] = listOf(pair);
      return { member: bytesOf(member), score: textOf(score) };
    }),
  ),
  SET: byScan('SSCAN', (reply) => listOf(reply).map(bytesOf)),
  HASH: byScan('HSCAN', pairsOf),
  STREAM: {
    start: '-',
    command: (key, position, count) => ['XRANGE', key, position, '+', 'COUNT', String(count)],
    page(reply, _position, count) {
      const items = listOf(reply).map((entry) => {
        const [id, fields] = listOf(entry);
        return { id: textOf(id), fields: pairsOf(fields) };
      });
      const last = items.at(-1)?.id;
      return pageOf(items, items.length < count || last === undefined ? undefined : `(${last}`);
    },
  },
};

function pageOf(items: readonly Item[], next: string | undefined): ValuePage {
  let bytes = 0;
  for (const item of items) for (const part of partsOf(item)) bytes += part.length;
  return { items, bytes, next };
}

/** All bytes of an element that may not be UTF-8. */
export function partsOf(item: Item): readonly Buffer[] {
  if (Buffer.isBuffer(item)) return [item];
  if ('member' in item) return [item.member];
  return 'id' in item ? item.fields.flat() : item;
}
