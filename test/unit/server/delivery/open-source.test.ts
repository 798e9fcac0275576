import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { anonymous } from '../../../../src/domain/access/principal.js';
import { openSource } from '../../../../src/server/delivery/open-source.js';
import { createRequestContext } from '../../../../src/server/execution/request/request-context.js';
import type { PreparedOperation } from '../../../../src/server/execution/prepared-operation.js';
import { createManualSource } from '../../../helpers/valkey/subscribers.js';
import { testLog } from '../../../helpers/run/test-log.js';

const context = createRequestContext(testLog(), anonymous, () => new AbortController().signal);
const open = (opened: unknown) =>
  openSource({ openSource: () => Promise.resolve(opened) } as unknown as PreparedOperation, context);

test('a live source is returned unopened', async () => {
  const { source, open: subscribers } = createManualSource();
  expect(await open(source)).toEqual({ source });
  expect(subscribers.size).toBe(0);
});

test('a result instead of a source is a refusal', async () => {
  const refusal = { errors: [new GraphQLError('Not this channel.')] };
  expect(await open(refusal)).toEqual({ refusal });
});

test('a field that returns another iterable is reported as a bug', async () => {
  const empty = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) };
  await expect(open(empty)).rejects.toThrow('must return a LiveSource');
});
