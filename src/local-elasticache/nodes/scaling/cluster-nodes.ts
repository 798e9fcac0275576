import { parseSlots } from '../../../domain/cluster/slot-ranges.js';
import type { Reply } from '../admin.js';

/** A member of the cluster, as a node reports it by CLUSTER NODES. */
export interface SeenMember {
  readonly id: string;
  readonly port: number;
  readonly flags: readonly string[];
  /** The ID of the member of which it is a replica; `-` for a primary. */
  readonly primaryId: string;
  readonly epoch: number;
  readonly slots: readonly number[];
  /** Slots that are moving to another member, whose ID is the value; reported of the asked node only. */
  readonly migrating: ReadonlyMap<number, string>;
  /** Slots that are moving here from another member. */
  readonly importing: ReadonlyMap<number, string>;
}

export function parseClusterNodes(reply: Reply): SeenMember[] {
  return String(reply)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [id = '', address = '', flags = '', primaryId = '-', _ping, _pong, epoch = '0', _link, ...slots] =
        line.split(' ');
      const open = slots.flatMap((text): string[] => /^\[(\d+)-([<>])-([0-9a-f]+)\]$/.exec(text) ?? []);
      const moving = (sign: string): Map<number, string> => {
        const found = new Map<number, string>();
        for (let at = 0; at < open.length; at += 4) {
          if (open[at + 2] === sign) found.set(Number(open[at + 1]), open[at + 3] ?? '');
        }
        return found;
      };
      return {
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1] ?? 0),
        flags: flags.split(','),
        primaryId,
        epoch: Number(epoch),
        slots: parseSlots(slots.filter((text) => !text.startsWith('[')).join(',')),
        migrating: moving('>'),
        importing: moving('<'),
      };
    });
}
