import type { Argument } from '../../interfaces.js';
import { bytesOf } from '../../replies.js';
import type { Collection, CollectionType } from './collections.js';
import { createNameFilter } from './name-filter.js';
import { scanOnce, type ScanReply } from './scan-reply.js';

interface ElementScanReply<Element> extends Pick<ScanReply, 'process' | 'cursor'> {
  readonly elements: readonly Element[];
}

/** Returns a function that scans one collection for the elements whose names match. */
export function createElementScan<Element>(
  collection: Collection,
  { command, elementsOf, nameOf, namesOnly }: CollectionType<Element>,
  match: Buffer | undefined,
): (cursor: string, count: number) => Promise<ElementScanReply<Element>> {
  const { commands, name: key } = collection;
  const filter = createNameFilter(match);
  const pattern = filter.sent ? (['MATCH', filter.sent] as const) : [];
  /** Reads the names without values first, so that values of elements that do not match are not sent. */
  let scansNamesOnly = filter.isPartial;
  const scan = (cursor: string, count: number, ...options: readonly Argument[]): Promise<ScanReply> =>
    scanOnce(
      (args) => commands.send({ args, key }),
      [command, key, cursor, ...pattern, 'COUNT', String(count), ...options],
    );

  return async (cursor, count) => {
    if (namesOnly && scansNamesOnly) {
      const reply = await scan(cursor, count, namesOnly.option).catch((error: unknown) => {
        if (!namesOnly.isUnknown(error)) throw error;
        scansNamesOnly = false;
        return undefined;
      });
      if (reply) {
        const names = await filter.keep(reply.items.map(bytesOf));
        return { ...reply, elements: await namesOnly.read(collection, names) };
      }
    }
    const reply = await scan(cursor, count);
    const elements = elementsOf(reply.items);
    const matching = new Set(await filter.keep(elements.map(nameOf)));
    return { ...reply, elements: elements.filter((element) => matching.has(nameOf(element))) };
  };
}
