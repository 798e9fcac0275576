import type { KeyPlan } from './key-plan.js';
import { readKey, type KeyReading } from './key-reading.js';
import type { ValkeyConnections } from './ports.js';

/** Reads keys for one request. */
export interface KeyReader {
  /** @throws ExpectedFailure NOT_CONNECTED, PERMISSION_DENIED; Outage */
  read(cluster: string, name: Buffer, plan: KeyPlan): Promise<KeyReading | null>;
}

/**
 * What is asked in one turn of the event loop leaves in one pipeline per shard, because the connections write once a turn;
 * the same key under the same plan is read once. A loader that collects a batch first would add a turn to the commonest
 * request, that of one key, and save it nothing. Nothing is kept once it is read, so that what a later event of the same
 * operation asks is asked anew.
 */
export function createKeyReader(connections: Pick<ValkeyConnections, 'commands'>): KeyReader {
  const reading = new Map<KeyPlan, Map<string, Promise<KeyReading | null>>>();

  const readNow = async (cluster: string, name: Buffer, plan: KeyPlan): Promise<KeyReading | null> => {
    const commands = await connections.commands(cluster);
    return await readKey({ commands, cluster, name }, plan);
  };
  return {
    read(cluster, name, plan) {
      const ofPlan = reading.get(plan) ?? new Map<string, Promise<KeyReading | null>>();
      reading.set(plan, ofPlan);
      const id = `${cluster}/${name.toString('latin1')}`;
      const standing = ofPlan.get(id);
      if (standing) return standing;
      const promise = readNow(cluster, name, plan).finally(() => ofPlan.delete(id));
      ofPlan.set(id, promise);
      return promise;
    },
  };
}
