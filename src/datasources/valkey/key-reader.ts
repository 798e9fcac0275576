import DataLoader from 'dataloader';
import type { KeyPlan } from './key-plan.js';
import { readKey, type KeyReading } from './key-reading.js';
import type { ValkeyConnections } from './ports.js';
import { shareValues } from './shared-values.js';

/** Reads keys for one request. */
export interface KeyReader {
  /** @throws ExpectedFailure NOT_CONNECTED, PERMISSION_DENIED; Outage */
  read(cluster: string, name: Buffer, plan: KeyPlan): Promise<KeyReading | null>;
}

interface Asked {
  readonly cluster: string;
  readonly name: Buffer;
  readonly plan: KeyPlan;
}

/**
 * What all fields of one request ask together leaves in one pipeline per shard; the same key under the same plan is read
 * once. Nothing is kept once it was sent for, so that what a later mutation of the same request asks is asked anew.
 */
export function createKeyReader(connections: Pick<ValkeyConnections, 'commands'>): KeyReader {
  let loader: DataLoader<Asked, KeyReading | null, string> | undefined;
  const createLoader = () => {
    const plans = new Map<KeyPlan, number>();
    const created = new DataLoader<Asked, KeyReading | null, string>(
      (batch) => {
        created.clearAll();
        return readBatch(connections, batch);
      },
      {
        cacheKeyFn({ cluster, name, plan }) {
          const number = plans.get(plan) ?? plans.size;
          plans.set(plan, number);
          return `${number}/${cluster}/${name.toString('latin1')}`;
        },
      },
    );
    return created;
  };
  // Most requests read no key at all.
  return { read: (cluster, name, plan) => (loader ??= createLoader()).load({ cluster, name, plan }) };
}

async function readBatch(
  connections: Pick<ValkeyConnections, 'commands'>,
  batch: readonly Asked[],
): Promise<(KeyReading | null | Error)[]> {
  const [first] = batch;
  if (first && batch.every(({ cluster }) => cluster === first.cluster)) return await readOfCluster(connections, batch);
  const answers = new Map<Asked, KeyReading | null | Error>();
  const clusters = [...new Set(batch.map(({ cluster }) => cluster))];
  await Promise.all(
    clusters.map(async (cluster) => {
      const own = batch.filter((asked) => asked.cluster === cluster);
      (await readOfCluster(connections, own)).forEach((answer, index) => {
        const asked = own[index];
        if (asked) answers.set(asked, answer);
      });
    }),
  );
  return batch.map((asked) => answers.get(asked) ?? null);
}

/** Each key fails alone. Without cluster mode, where one command may name any keys, values are asked for together. */
async function readOfCluster(
  connections: Pick<ValkeyConnections, 'commands'>,
  batch: readonly Asked[],
): Promise<(KeyReading | null | Error)[]> {
  const commands = await connections.commands(batch[0]?.cluster ?? '').catch(asError);
  if (commands instanceof Error) return batch.map(() => commands);
  const strings = commands.isClustered ? [] : batch.filter(({ plan }) => wantsValue(plan));
  const names = strings.map(({ name }) => name);
  const shared = names.length > 1 ? shareValues(commands, names) : undefined;
  const places = new Map(strings.map((asked, place) => [asked, place]));

  const readings = batch.map((asked) => {
    const place = places.get(asked);
    const value = shared && place !== undefined ? shared.at(place) : undefined;
    return readKey({ commands, cluster: asked.cluster, name: asked.name }, asked.plan, value).catch(asError);
  });
  shared?.ask();
  return await Promise.all(readings);
}

function wantsValue({ facts, guess }: KeyPlan): boolean {
  return guess === 'STRING' && facts.includes('value');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
