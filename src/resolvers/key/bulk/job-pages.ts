import * as z from 'zod';
import type { KeyJob } from '../../../domain/key/key-job.js';
import { hasPermission, requirePermission } from '../../shared/access.js';
import { checkFirst } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { readCursor, writeCursor } from '../../shared/cursor.js';
import { pageOf, type Page, type PageRequest } from '../../shared/page.js';
import { mayRun } from './key-job.js';

const position = z.strictObject({ v: z.literal('jobs1'), t: z.number(), i: z.string().max(36) });

interface Place {
  readonly startedAt: number;
  readonly id: string;
}

/** The newest first. */
function isAfter(one: Place, other: Place): boolean {
  return one.startedAt === other.startedAt ? one.id > other.id : one.startedAt < other.startedAt;
}

/** Jobs of one cluster, or of all that can be reached, of those that the caller may see. */
export async function jobs(
  context: Context,
  { cluster, first, after }: PageRequest & { readonly cluster?: string | null | undefined },
): Promise<Page<KeyJob>> {
  requirePermission(context, 'keys:write', { cluster: cluster ?? undefined });
  checkFirst(first);
  const last = after == null ? undefined : readCursor(after, position);
  const from = last && { startedAt: last.t, id: last.i };
  const lists = cluster == null ? await listsOfVisible(context) : [await placesIn(context, cluster)];
  const places = lists
    .flat()
    .filter((place) => !from || isAfter(place, from))
    .sort((one, other) => (isAfter(one, other) ? 1 : -1));
  const found: KeyJob[] = [];
  // Records are read in the pages of the request: few are missing, or of other callers.
  for (let at = 0; at < places.length && found.length <= first; at += first) {
    const read = places.slice(at, at + first).map(({ cluster: of, id }) => context.jobs.read(of, id));
    for (const job of await Promise.all(read)) if (job && mayRun(context, job)) found.push(job);
  }
  return pageOf(found, { first, after }, ({ startedAt, id }) =>
    writeCursor({ v: 'jobs1', t: startedAt.getTime(), i: id }),
  );
}

async function placesIn(context: Context, cluster: string): Promise<readonly (Place & { readonly cluster: string })[]> {
  return (await context.jobs.list(cluster)).map((job) => ({ ...job, cluster }));
}

/** Without clusters that cannot be reached, which would hide the jobs of all others. */
async function listsOfVisible(context: Context) {
  const names = (await context.inventory.clusters()).map(({ name }) => name.toLowerCase());
  const permitted = names.filter((cluster) => hasPermission(context, 'keys:write', { cluster }));
  return await Promise.all(permitted.map((cluster) => placesIn(context, cluster).catch(() => [])));
}
