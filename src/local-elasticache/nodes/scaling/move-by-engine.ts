import { setTimeout as delay } from 'node:timers/promises';
import { formatSlots } from '../../../domain/cluster/slot-ranges.js';
import type { Migration } from './migration.js';
import type { BytesReply, MigrationConnection } from './migration-connection.js';
import type { SlotMove } from './slot-moves.js';

const pollMs = 50;

/**
 * Moves the slots of one pair of shards by CLUSTER MIGRATESLOTS (Valkey 9), which hands over all of them at one moment.
 * @returns false if the engine does not have that command
 */
export async function moveByEngine({ connectionTo, group, signal }: Migration, move: SlotMove): Promise<boolean> {
  const [source, target] = await Promise.all([connectionTo(move.from), connectionTo(move.to)]);
  const [id] = await target.run([['CLUSTER', 'MYID']]);
  const ranges = formatSlots(move.slots)
    .split(',')
    .flatMap((range) => {
      const [first = '', last = first] = range.split('-');
      return [first, last];
    });
  await group.onStep?.('move-keys');
  const [reply] = await source.replies([['CLUSTER', 'MIGRATESLOTS', 'SLOTSRANGE', ...ranges, 'NODE', String(id)]]);
  if (reply instanceof Error) {
    if (/unknown subcommand/i.test(reply.message)) return false;
    // An earlier run of this move goes on.
    if (!/already/i.test(reply.message)) throw reply;
  }
  for (;;) {
    const jobs = await exportsOf(source);
    const isRunning = jobs.some(({ state }) => !/^(success|failed|canceled|cancelled)$/.test(state));
    if (!isRunning) {
      const [latest] = jobs;
      if (latest && latest.state !== 'success')
        throw new Error(`A slot migration ended: ${latest.state}. ${latest.message}`);
      return true;
    }
    try {
      await delay(pollMs, undefined, { signal });
    } catch (cause) {
      await source.replies([['CLUSTER', 'CANCELSLOTMIGRATIONS']]).catch(() => undefined);
      throw cause;
    }
  }
}

interface Job {
  readonly state: string;
  readonly message: string;
  readonly createdAt: number;
}

/** The node's slot migrations to other nodes, the latest first. */
async function exportsOf(source: MigrationConnection): Promise<Job[]> {
  const [list] = await source.run([['CLUSTER', 'GETSLOTMIGRATIONS']]);
  const jobs = Array.isArray(list) ? (list as readonly BytesReply[]) : [];
  const found = jobs.flatMap((job): Job[] => {
    const fields = new Map<string, string>();
    const flat = Array.isArray(job) ? (job as readonly BytesReply[]) : [];
    for (let index = 0; index < flat.length; index += 2) fields.set(String(flat[index]), String(flat[index + 1]));
    if (fields.get('operation')?.toUpperCase() !== 'EXPORT') return [];
    const createdAt = Number(fields.get('create_time') ?? 0);
    return [{ state: fields.get('state') ?? '', message: fields.get('message') ?? '', createdAt }];
  });
  return found.toSorted((a, b) => b.createdAt - a.createdAt);
}
