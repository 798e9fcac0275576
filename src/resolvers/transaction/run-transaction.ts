import type { ExpectedValue, Reply } from '../../datasources/valkey/interfaces.js';
import { checkOneSlot } from '../../datasources/valkey/values/one-slot.js';
import { executeTransaction } from '../../datasources/valkey/values/transaction.js';
import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { ExpectedFailure, invalidInput } from '../../domain/errors.js';
import { requirePermission } from '../shared/access.js';
import { checkList, commandsFor } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import type { TransactionOperationInput } from './operation-inputs.js';
import { readOperation } from './operations.js';

interface ExpectedStringInput {
  readonly key: string;
  readonly encoding: Encoding;
  readonly value?: string | null | undefined;
  readonly valueEncoding: Encoding;
}

export interface RunTransactionInput {
  readonly cluster: string;
  readonly expect: readonly ExpectedStringInput[];
  readonly operations: readonly TransactionOperationInput[];
}

/** The reply to one operation, or the reason why Valkey refused it. */
export interface OperationResult {
  readonly integer: string | null;
  readonly text: Buffer | null;
  readonly error: ExpectedFailure | null;
}

export interface TransactionRun {
  readonly applied: boolean;
  /** Null if the transaction was not applied. */
  readonly results: readonly OperationResult[] | null;
}

/**
 * Checks all of the input before anything is sent, then runs all operations or none. `showsResults` is set if the caller selects the
 * replies.
 */
export async function runTransaction(
  context: Context,
  input: RunTransactionInput,
  showsResults: boolean,
): Promise<TransactionRun> {
  const { cluster } = input;
  checkList(input.operations, ['input', 'operations']);
  if (input.expect.length > 0) checkList(input.expect, ['input', 'expect']);
  const expected = input.expect.map((each, index) =>
    readExpectation(context, cluster, each, ['input', 'expect', String(index)]),
  );
  const operations = input.operations.map((each, index) =>
    readOperation(each, { context, cluster, path: ['input', 'operations', String(index)], showsResult: showsResults }),
  );
  const [first] = operations[0]?.keys ?? [];
  if (!first) throw invalidInput('Expected an operation that names a key.', ['input', 'operations', '0']);
  const commands = await commandsFor(context, cluster);
  const named = operations.flatMap(({ keys, path }) => keys.map((key) => ({ key, path })));
  checkOneSlot(commands, first, [...named, ...expected]);
  const replies = await executeTransaction(commands, { key: first, operations, expected });
  return { applied: replies !== undefined, results: replies?.map(resultOf) ?? null };
}

/** @throws ExpectedFailure INVALID_INPUT below `path`; Outage FORBIDDEN */
function readExpectation(
  context: Context,
  cluster: string,
  { key: name, encoding, value, valueEncoding }: ExpectedStringInput,
  path: readonly string[],
): ExpectedValue & { readonly path: readonly string[] } {
  const key = decodeBytes(name, encoding, [...path, 'key']);
  requirePermission(context, 'keys:read', { cluster, key });
  return { key, value: value == null ? undefined : decodeBytes(value, valueEncoding, [...path, 'value']), path };
}

function resultOf(reply: Reply | ExpectedFailure): OperationResult {
  return {
    integer: typeof reply === 'string' ? reply : null,
    text: Buffer.isBuffer(reply) ? reply : null,
    error: reply instanceof ExpectedFailure ? reply : null,
  };
}
