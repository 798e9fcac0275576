import DataLoader from 'dataloader';
import type { KeyPlan } from './key-plan.js';
import { readKey, type KeyReading } from './key-reading.js';
import type { ValkeyCommands, ValkeyConnections } from './ports.js';

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

/** Each key fails alone. */
function readBatch(
  connections: Pick<ValkeyConnections, 'commands'>,
  batch: readonly Asked[],
): Promise<(KeyReading | null | Error)[]> {
  const byCluster = new Map<string, Promise<ValkeyCommands>>();
  const commandsOf = (cluster: string): Promise<ValkeyCommands> => {
    const commands = byCluster.get(cluster) ?? connections.commands(cluster);
    byCluster.set(cluster, commands);
    return commands;
  };
  return Promise.all(
    batch.map(async ({ cluster, name, plan }) => {
      try {
        return await readKey({ commands: await commandsOf(cluster), cluster, name }, plan);
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    }),
  );
}
