import { eventually } from '../helpers/run/eventually.js';
import { data } from '../helpers/clients/graphql-client.js';
import type { Scenario } from './scenario.js';
import { isTemporary, type Reaching, type Socket } from './socket.js';
import { openTail, type Tail } from './tail.js';
import { openWorker, type Worker } from './worker.js';

/** The results for the added entries. */
interface Accounts {
  readonly lostOnTails: number;
  readonly repeatedOnTails: number;
  readonly lost: number;
  readonly repeated: number;
  /** Of the group. */
  readonly pending: number;
  readonly lag: number;
}

/** The tails and workers of stream `log` in a scenario, connected to any of its running processes. */
export interface Consumers {
  readonly reaching: Reaching;
  readonly workers: readonly Worker[];
  readonly sockets: readonly Socket[];
  /** Waits until all of these entries were delivered and acknowledged, up to a timeout; then counts. */
  account(added: readonly string[]): Promise<Accounts>;
}

const timeoutMs = 30_000;

export async function openConsumers(
  { orders, apis }: Scenario,
  counts: { readonly tails: number; readonly workers: number; readonly maxInFlight: number },
  failed: (reason: unknown) => void,
): Promise<Consumers> {
  await orders.command('XGROUP', 'CREATE', 'log', 'workers', '0', 'MKSTREAM');
  let connections = 0;
  const reaching: Reaching = {
    // Each connection goes to the other process.
    url: () => apis[(connections += 1) % 2]!.url,
    failed,
    // Reconnects after closed and refused connections and after outages.
    survives: (reason) => !Array.isArray(reason) || reason.every(({ extensions }) => isTemporary(extensions?.code)),
  };
  const tails: readonly Tail[] = Array.from({ length: counts.tails }, () => openTail(reaching));
  const workers: readonly Worker[] = Array.from({ length: counts.workers }, (_, at) =>
    openWorker(reaching, `worker-${at}`, counts.maxInFlight),
  );

  const count = async (added: readonly string[]): Promise<Accounts> => {
    const missing = (ids: { has(id: string): boolean }): number => added.filter((id) => !ids.has(id)).length;
    const seen = new Map<string, number>();
    for (const worker of workers) for (const [id, times] of worker.seen) seen.set(id, (seen.get(id) ?? 0) + times);
    const query = '{ cluster(name: "orders") { stream(name: "log") { groups { lag pending } } } }';
    const [{ lag, pending }] = (await data(apis[0].url, query)).cluster.stream.groups;
    return {
      lostOnTails: tails.reduce((sum, { ids }) => sum + missing(new Set(ids)), 0),
      repeatedOnTails: tails.reduce((sum, { ids }) => sum + ids.length - new Set(ids).size, 0),
      lost: missing(seen),
      repeated: [...seen.values()].reduce((sum, times) => sum + times - 1, 0),
      pending,
      lag,
    };
  };
  return {
    reaching,
    workers,
    sockets: [...tails, ...workers],
    async account(added) {
      await eventually(async () => {
        const { lostOnTails, lost, pending, lag } = await count(added);
        if (lostOnTails + lost + pending + lag > 0) throw new Error('Some entries are still missing.');
      }, timeoutMs).catch(() => undefined);
      return await count(added);
    },
  };
}
