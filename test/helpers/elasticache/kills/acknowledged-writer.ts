import { setTimeout as delay } from 'node:timers/promises';
import type { KeyClient } from './key-client.js';

/** The least value that each key must have: the last one whose write was acknowledged. */
export type Acknowledged = ReadonlyMap<string, number>;

/** Writes to keys all the time, each time a larger value, and remembers what was acknowledged. */
export interface AcknowledgedWriter {
  acknowledged(): Acknowledged;
  /** The number of acknowledged writes. */
  count(): number;
  /** Stops writing. Resolves when no write is in progress. */
  pause(): Promise<void>;
  resume(client: KeyClient): void;
}

const lanes = 4;
const keysPerLane = 60;
const padding = 'x'.repeat(200);
const pauseMs = 2;
const pauseAfterFailureMs = 50;

/** @param initial what the group already has */
export function createAcknowledgedWriter(initial: Acknowledged = new Map()): AcknowledgedWriter {
  const acknowledged = new Map(initial);
  let last = Math.max(0, ...initial.values());
  let count = 0;
  let stop = new AbortController();
  let writing: Promise<unknown> = Promise.resolve();

  async function write(client: KeyClient, lane: number, signal: AbortSignal): Promise<void> {
    for (let at = 0; !signal.aborted; at = (at + 1) % keysPerLane) {
      const key = `key:${lane}:${at}`;
      const value = (last += 1);
      try {
        const reply = await client.run('SET', key, `${value} ${padding}`);
        if (reply !== 'OK') throw new Error(`Expected OK, got ${String(reply)}.`);
        acknowledged.set(key, value);
        count += 1;
        await delay(pauseMs);
      } catch {
        await delay(pauseAfterFailureMs);
      }
    }
  }

  return {
    acknowledged: () => new Map(acknowledged),
    count: () => count,
    async pause() {
      stop.abort();
      await writing;
    },
    resume(client) {
      stop = new AbortController();
      writing = Promise.all(Array.from({ length: lanes }, (_, lane) => write(client, lane, stop.signal)));
    },
  };
}

/** The keys whose value is missing or earlier than the acknowledged one. */
export async function lostKeys(client: KeyClient, expected: Acknowledged): Promise<string[]> {
  const lost: string[] = [];
  for (const [key, least] of expected) {
    const value = await client.run('GET', key);
    const found = Number(String(value).split(' ')[0]);
    if (!(found >= least)) lost.push(`${key} has ${value === null ? 'no value' : found}, acknowledged ${least}`);
  }
  return lost;
}
