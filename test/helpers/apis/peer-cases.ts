import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeServer } from '../valkey/described-cluster.js';
import { snapshotOf } from '../valkey/snapshot.js';
import { startValkey, type TestValkey, type ValkeyOptions } from '../valkey/valkey.js';
import { openDataApi, type DataApi } from './data-api.js';

export interface Bench {
  readonly server: TestValkey;
  readonly api: DataApi;
}

export type Step = (bench: Bench) => Promise<void>;

/** A case of the public tests of another tool, written for this API. */
export interface PeerCase {
  /** A sentence about this API. */
  readonly title: string;
  /** The tool and its test. */
  readonly from: string;
  /** The row of "Differences from other tools" in docs/keys.md if this API answers differently on purpose. */
  readonly differs?: string;
  readonly steps: readonly Step[];
}

/** Tests that run each case on one server, which is empty before each. */
export function describePeerCases(subject: string, cases: readonly PeerCase[], options: ValkeyOptions = {}): void {
  describe(`cases of other tools for ${subject}`, () => {
    let bench: Bench;
    beforeAll(async () => {
      const server = await startValkey(options);
      bench = { server, api: openDataApi(describeServer(server)) };
    });
    beforeEach(async () => {
      await bench.server.command('FLUSHALL');
    });
    afterAll(async () => {
      await bench.api[Symbol.asyncDispose]();
      await bench.server[Symbol.asyncDispose]();
    });

    for (const { title, from, steps } of cases) {
      it(`${title} (${from})`, async () => {
        for (const step of steps) await step(bench);
      });
    }

    it('documents each difference', async () => {
      const page = await readFile(new URL('../../../docs/keys.md', import.meta.url), 'utf8');
      const rows = page
        .slice(page.indexOf('## Differences from other tools'))
        .split('\n')
        .map((line) => line.split('|')[1]?.trim());
      const differences = cases.flatMap(({ differs }) => differs ?? []);
      expect(differences.filter((difference) => !rows.includes(difference))).toEqual([]);
    });
  });
}

/** Sends a command to the server itself; with `reply`, its reply must equal it. */
export const valkey =
  (command: readonly string[], ...reply: readonly [] | readonly [unknown]): Step =>
  async ({ server }) => {
    const actual = await server.command(...command);
    if (reply.length === 1) expect(actual, command.join(' ')).toEqual(reply[0]);
  };

/** Selects one field of the cluster, whose value must equal `expected`. */
export const reads =
  (field: string, expected: unknown): Step =>
  async ({ api }) => {
    const [value] = Object.values(await api.cluster(field));
    expect(value, field).toEqual(expected);
  };

/** Selects one field of the cluster, which must fail with this code. */
export const fails =
  (field: string, code: string): Step =>
  async ({ api }) => {
    const answer = await api.run(`{ cluster(name: "orders") { ${field} } }`);
    const codes = answer.errors?.map(({ originalError }) => (originalError as { code?: string }).code);
    expect(codes, field).toEqual([code]);
  };

/** Selects one field of the cluster in a way that the schema does not have, so that nothing is read. */
export const invalid =
  (field: string, message: RegExp): Step =>
  async ({ api }) => {
    const { data, errors } = await api.run(`{ cluster(name: "orders") { ${field} } }`);
    expect(data, field).toBeUndefined();
    expect(errors?.map((error) => error.message).join(), field).toMatch(message);
  };

/** Runs a mutation without user errors. Its payload must equal `expected`, which is also its selection. */
export const writes =
  (mutation: string, input: object, expected: object, selection = selectionOf(expected)): Step =>
  async ({ api }) => {
    const all = `${selection.slice(0, -1)} userErrors { code path message } }`;
    expect(await api.mutate(mutation, all, input), mutation).toEqual({ ...expected, userErrors: [] });
  };

/** Runs a mutation that must have one user error and must change nothing. */
export const refuses =
  (mutation: string, input: object, code: string, path: string): Step =>
  async ({ api, server }) => {
    const before = await snapshotOf([server]);
    const { userErrors } = await api.mutate(mutation, '{ userErrors { code path } }', input);
    expect(userErrors, mutation).toEqual([{ code, path: path.split('.') }]);
    expect(await snapshotOf([server])).toEqual(before);
  };

/** Checks that the schema does not let the input pass, so that nothing is sent. */
export const rejects =
  (mutation: string, input: object, message: RegExp): Step =>
  async ({ api }) => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`;
    const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { code } } }`;
    const { data, errors } = await api.run(document, { input: { cluster: 'orders', ...input } });
    expect(data, mutation).toBeUndefined();
    expect(errors?.map((error) => error.message).join(), mutation).toMatch(message);
  };

/** These values or objects, in any order. */
export function anyOrder(expected: readonly unknown[]): unknown {
  const text = (list: readonly unknown[]) =>
    list
      .map((item) => JSON.stringify(item))
      .toSorted()
      .join(' ');
  return expect.toSatisfy(
    (actual: readonly unknown[]) => text(actual) === text(expected),
    `in any order: ${text(expected)}`,
  );
}

/** The fields of an expected value, for all of its levels. */
function selectionOf(expected: unknown): string {
  if (Array.isArray(expected)) return selectionOf(expected[0]);
  if (expected === null || typeof expected !== 'object' || '$$typeof' in expected) return '';
  const fields = Object.entries(expected).map(([name, value]) => `${name} ${selectionOf(value)}`);
  return `{ ${fields.join(' ')} }`;
}
