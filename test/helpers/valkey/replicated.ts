import { expect } from 'vitest';
import { eventually } from '../run/eventually.js';

/** Resolves when so many replicas have all writes of this connection. */
export async function replicatedTo(
  replicas: number,
  connection: { command(...args: string[]): Promise<unknown> },
): Promise<void> {
  // Each attempt ends before the connection regards the node as frozen.
  await eventually(async () => expect(await connection.command('WAIT', String(replicas), '1000')).toBe(replicas));
}
