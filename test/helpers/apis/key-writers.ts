import { setImmediate } from 'node:timers/promises';
import { expect } from 'vitest';
import { data, post } from '../clients/graphql-client.js';
import type { TestCachegraph } from './cachegraph.js';

/** Runs a mutation of the control plane whose payload must have no user errors. */
export async function change({ url }: TestCachegraph, field: string): Promise<any> {
  const result = await data(
    url,
    `mutation { change: ${field} { cluster { status } userErrors { code message path } } }`,
  );
  expect(result.change.userErrors).toEqual([]);
  return result.change.cluster;
}

/** The keys that were written, and the errors that the writer saw. */
export interface KeyWriter {
  readonly written: Map<string, string>;
  readonly errors: string[];
  stop(): Promise<void>;
}

/** Writes new keys one after the other, in several lanes, until it is stopped. */
export function startWriter(name: string, set: (key: string, value: string) => Promise<void>): KeyWriter {
  const written = new Map<string, string>();
  const errors: string[] = [];
  let isStopped = false;
  const lane = async (id: number): Promise<void> => {
    for (let number = 0; !isStopped; number += 1) {
      // Some keys are written again and again, so that a lost or old value shows.
      const key = number % 3 === 0 ? `${name}:${id}:again:${number % 30}` : `${name}:${id}:${number}`;
      const value = String(number);
      try {
        await set(key, value);
        written.set(key, value);
      } catch (cause) {
        errors.push(`${key}: ${String(cause)}`);
        written.delete(key);
        // An error that needs no I/O must not keep the test from going on.
        await setImmediate();
      }
    }
  };
  const lanes = Promise.all(Array.from({ length: 4 }, (_, id) => lane(id)));
  return {
    written,
    errors,
    async stop() {
      isStopped = true;
      await lanes;
    },
  };
}

/** Writes a key of cluster `orders` through the API. Rejects with the errors that a caller sees. */
export async function setByApi({ url }: TestCachegraph, key: string, value: string): Promise<void> {
  const { data: result, errors } = await post(
    url,
    'mutation ($key: String!, $value: String!) { setString(input: { cluster: "orders", key: $key, value: $value }) { userErrors { code message } } }',
    { key, value },
  );
  const problems = [...(errors ?? []), ...((result as any)?.setString?.userErrors ?? [])];
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
}
