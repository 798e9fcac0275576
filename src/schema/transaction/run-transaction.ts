import type { GraphQLResolveInfo } from 'graphql';
import { encodeBytes } from '../../domain/encoding.js';
import {
  runTransaction,
  type OperationResult,
  type TransactionRun,
} from '../../resolvers/transaction/run-transaction.js';
import { builder } from '../builder.js';
import { keyOperationFields } from '../key/key-input.js';
import { encodingInput, valueEncodingArgument } from '../shared/encoding.js';
import { guardedByParent } from '../shared/scopes.js';
import { selectedAt } from '../shared/selection.js';
import { payloadRef, shapeOf, UserErrorRef, withUserErrors } from '../shared/user-error.js';
import { TransactionOperationInputRef } from './operation-inputs.js';

const ExpectedStringInputRef = builder.inputType('ExpectedStringInput', {
  description: 'The value that a key must have for a transaction to be applied. It requires `keys:read` on the key.',
  fields: (t) => ({
    ...keyOperationFields(t),
    value: t.string({ description: 'The value of the string. If omitted, the key must not exist.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the value.' }),
  }),
});

const RunTransactionInputRef = builder.inputType('RunTransactionInput', {
  description:
    'A transaction. In cluster mode, all its keys must have the same hash slot, e.g. by the same hash tag; otherwise it is CROSS_SLOT.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    expect: t.field({
      type: [ExpectedStringInputRef],
      required: true,
      defaultValue: [],
      description: 'The values that keys must have when the operations are executed, at most 1000.',
    }),
    operations: t.field({
      type: [TransactionOperationInputRef],
      required: true,
      description: 'The operations in order, 1 to 1000.',
    }),
  }),
});

const TransactionResultRef = builder.objectRef<OperationResult>('TransactionResult').implement({
  extensions: guardedByParent('keys:write'),
  description: 'The reply of Valkey to one operation of a transaction.',
  fields: (t) => ({
    integer: t.field({
      type: 'Decimal',
      description: 'The reply if it is an integer.',
      resolve: ({ integer }) => integer,
    }),
    text: t.string({
      description: 'The reply if it is bytes; null if they are not valid in `valueEncoding`.',
      args: valueEncodingArgument,
      resolve: ({ text }, { valueEncoding }) => text && encodeBytes(text, valueEncoding),
    }),
    error: t.field({
      type: UserErrorRef,
      description:
        'The reason why Valkey refused this operation while it executed the transaction. The other operations were executed, because ' +
        'Valkey does not roll back.',
      resolve: ({ error }) => error && shapeOf(error),
    }),
  }),
});

const RunTransactionPayloadRef = payloadRef<TransactionRun>('RunTransactionPayload').implement({
  description:
    'The result of `runTransaction`. If an expectation did not hold, `applied` is false; that is no user error.',
  fields: (t) => ({
    applied: t.boolean({
      description:
        'Whether the operations were executed. False if an expectation did not hold, or if the expected keys changed during each of ' +
        'five attempts: nothing was written.',
      resolve: ({ result }) => result?.applied,
    }),
    results: t.field({
      type: [TransactionResultRef],
      nullable: { list: true, items: false },
      description: 'The replies in the order of the operations; null if the operations were not executed.',
      resolve: ({ result }) => result?.results,
    }),
  }),
});

builder.mutationField('runTransaction', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: RunTransactionPayloadRef,
    description:
      'Executes several writes with no other command between them, or none of them (MULTI, EXEC). `expect` is compared under WATCH. ' +
      'An operation on a stream requires `streams:write`. An expectation requires `keys:read` on its key, and so does the result of ' +
      '`incrementString`.',
    args: {
      input: t.arg({
        type: RunTransactionInputRef,
        required: true,
        description: 'The expectations and the operations.',
      }),
    },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) => {
      const showsResults = ['integer', 'text'].some((reply) => selectedAt(info, ['results', reply]).length > 0);
      return withUserErrors(() => runTransaction(context, input, showsResults));
    },
  }),
);
