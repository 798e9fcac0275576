import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { anonymous } from '../../../../src/domain/access/principal.js';
import { openSource } from '../../../../src/server/delivery/open-source.js';
import { createRequestContext } from '../../../../src/server/execution/request-context.js';
import type { PreparedOperation } from '../../../../src/server/execution/prepared-operation.js';
import { createManualSource } from '../../../helpers/subscribers.js';
import { testLog } from '../../../helpers/test-log.js';

const context = createRequestContext(testLog(), anonymous, () => new AbortController().signal);
const open = (opened: unknown) =>
  openSource({ openSource: () => Promise.resolve(opened) } as unknown as PreparedOperation, context);

test('a live source is handed on as it is, and not opened', async () => {
  const { source, open: subscribers } = createManualSource();
  expect(await open(source)).toEqual({ source });
  expect(subscribers.size).toBe(0);
});

test('a result that says why there is none is a refusal', async () => {
  const refusal = { errors: [new GraphQLError('Not this channel.')] };
  expect(await open(refusal)).toEqual({ refusal });
});

test('a field that returns any other iterable is a bug, and told so', async () => {
  const empty = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) };
  await expect(open(empty)).rejects.toThrow('must return a LiveSource');
});
