import { sendCommand } from '../expected-failure.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';
import { bytesOf, bytesOrNull, listOf, numberOf } from '../../replies.js';

export interface ListElement {
  /** Counted from 0 at the head. */
  readonly index: number;
  readonly value: Buffer;
}

/** An element with its place in the order in which the list is read, counted from 0. */
export interface PlacedElement extends ListElement {
  readonly place: number;
}

export interface ListRange {
  /** The place of the first element; a negative one counts from the end of the order, as in LRANGE. */
  readonly start: number;
  readonly count: number;
  /** Whether the order begins at the tail. */
  readonly reverse: boolean;
}

type List = Pick<KeySnapshot, 'commands' | 'name'>;

/** Reads the elements of a range that exist. */
export async function readRange(list: List, range: ListRange): Promise<PlacedElement[]> {
  const { start, count, reverse } = range;
  const end = start < 0 ? Math.min(start + count - 1, -1) : start + count - 1;
  const { commands, name: key } = list;
  // The place p of the reversed order is the place -1 - p of the list.
  const [from, to] = reverse ? [-1 - end, -1 - start] : [start, end];
  const [length, values] = await Promise.all([
    start < 0 || reverse ? readLength(list) : 0,
    sendCommand(commands, { args: ['LRANGE', key, String(from), String(to)], key }).then(listOf),
  ]);
  // Before the first element, LRANGE begins with the first element but ends as if the others existed.
  if (start < 0 && length > 0 && length + start < 0) return await readRange(list, { ...range, start: 0 });
  const first = start < 0 ? length + start : start;
  // LLEN may have been executed before another client's push or after its pop.
  const knownLength = Math.max(length, first + values.length);
  return (reverse ? values.toReversed() : values).map((value, at) => {
    const place = first + at;
    return { place, index: reverse ? knownLength - 1 - place : place, value: bytesOf(value) };
  });
}

/** The element at an index; a negative index counts from the tail. Null if there is none. */
export async function readElement(list: List, index: number): Promise<ListElement | null> {
  const { commands, name: key } = list;
  const [length, value] = await Promise.all([
    index < 0 ? readLength(list) : 0,
    sendCommand(commands, { args: ['LINDEX', key, String(index)], key }).then(bytesOrNull),
  ]);
  return value && { index: index < 0 ? Math.max(length + index, 0) : index, value };
}

async function readLength({ commands, name: key }: List): Promise<number> {
  return numberOf(await sendCommand(commands, { args: ['LLEN', key], key }));
}
