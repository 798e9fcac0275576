import { isUtf8 } from 'node:buffer';
import { partsOf, type Item, type LogicalType } from './value-pages.js';

/** How the bytes of a value are written. */
export type Text = (bytes: Buffer) => string;

export const asText: Text = (bytes) => JSON.stringify(bytes.toString('utf8'));
export const asBase64: Text = (bytes) => `"${bytes.toString('base64')}"`;

export function isAllUtf8(items: readonly Item[]): boolean {
  return items.every((item) => partsOf(item).every((part) => isUtf8(part)));
}

const brackets: Readonly<Record<LogicalType, readonly [open: string, close: string]>> = {
  STRING: ['"', '"'],
  LIST: ['[', ']'],
  SET: ['[', ']'],
  SORTED_SET: ['[', ']'],
  STREAM: ['[', ']'],
  HASH: ['{', '}'],
};

export function openOf(type: LogicalType): string {
  return brackets[type][0];
}

export function closeOf(type: LogicalType): string {
  return brackets[type][1];
}

/** The elements of a value without its brackets. Those of a string are joined; its bytes are a multiple of three but for the last. */
export function writeItems(type: LogicalType, items: readonly Item[], text: Text): string {
  if (type === 'STRING')
    return items.map((item) => text(Buffer.isBuffer(item) ? item : Buffer.alloc(0)).slice(1, -1)).join('');
  return items.map((item) => writeItem(item, text)).join(',');
}

function writeItem(item: Item, text: Text): string {
  if (Buffer.isBuffer(item)) return text(item);
  if ('member' in item) return `[${text(item.member)},${writeScore(item.score)}]`;
  if ('id' in item) {
    const fields = item.fields.map(([name, value]) => `[${text(name)},${text(value)}]`);
    return `{"id":"${item.id}","fields":[${fields.join(',')}]}`;
  }
  const [name, value] = item;
  return `${text(name)}:${text(value)}`;
}

/** Valkey writes scores with 17 digits, which identify a double. JSON has no infinities. */
function writeScore(score: string): string {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(score) ? score : JSON.stringify(score);
}
