import { setTimeout as delay } from 'node:timers/promises';
import { post } from '../helpers/clients/graphql-client.js';
import { noAnswer } from '../helpers/clients/load.js';
import { isTemporary, openSocket, type Reaching, type Socket } from './socket.js';

/** A consumer of the group, with a new name for every connection. It acknowledges entries in batches. */
export interface Worker extends Socket {
  /** The number of deliveries of each entry. */
  readonly seen: ReadonlyMap<string, number>;
  /** Resolves when no acknowledgement is outstanding. */
  settled(): Promise<void>;
}

const query = `subscription ($consumer: String!, $maxInFlight: Int!) {
  groupEntries(
    cluster: "orders", stream: "log", group: "workers", consumer: $consumer
    maxInFlight: $maxInFlight, claimIdleSeconds: 5
  ) {
    entries { entry { entryId } } gap { reason }
  }
}`;
const acknowledge = `mutation ($input: AcknowledgeEntriesInput!) {
  acknowledgeEntries(input: $input) { userErrors { message } }
}`;
const names = { cluster: 'orders', stream: 'log', group: 'workers' };

export function openWorker(reaching: Reaching, name: string, maxInFlight: number): Worker {
  const { url, failed } = reaching;
  const seen = new Map<string, number>();
  let connections = 0;
  const due: string[] = [];
  let sending: Promise<void> | undefined;

  const send = async (): Promise<void> => {
    while (due.length > 0) {
      const entryIds = due.splice(0, 1000);
      const { data, errors } = await post(url(), acknowledge, { input: { ...names, entryIds } }).catch(noAnswer);
      if (errors?.every(({ extensions }) => isTemporary(extensions?.['code']))) {
        // Acknowledging twice is harmless.
        due.push(...entryIds);
        await delay(50);
        continue;
      }
      const answer = data?.['acknowledgeEntries'] as { userErrors: unknown[] } | undefined;
      if (errors || answer?.userErrors.length !== 0) failed(errors ?? answer);
    }
    sending = undefined;
  };
  const socket = openSocket({
    ...reaching,
    operation: () => ({ query, variables: { consumer: `${name}-${(connections += 1)}`, maxInFlight } }),
    next({ groupEntries: { entries, gap } }) {
      if (gap) failed(gap);
      for (const { entry } of entries) {
        seen.set(entry.entryId, (seen.get(entry.entryId) ?? 0) + 1);
        due.push(entry.entryId);
      }
      sending ??= send().catch(failed);
    },
  });
  return { ...socket, seen, settled: async () => sending };
}
