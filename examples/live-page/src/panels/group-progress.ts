import type { Client } from '@urql/core';
import { follow } from '../follow.js';
import { Progress } from './group-operations.js';

/** Shows what a whole group has left to do, whoever of its workers does it. */
export function openProgress(
  client: Client,
  where: { cluster: string; stream: string; group: string },
  shown: HTMLOutputElement,
): void {
  follow(client, Progress, where, {
    next({ consumerGroupProgress: now }) {
      shown.textContent = now ? `${now.pending} pending, ${now.lag ?? 'unknown'} to come` : '';
    },
    problem: () => (shown.textContent = ''),
  });
}
