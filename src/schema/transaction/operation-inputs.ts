import { builder } from '../builder.js';
import { deleteHashFieldsFields, encodingOfFields, setHashFieldsFields } from '../key/hash/hash-mutations.js';
import { incrementInput } from '../key/increment-input.js';
import { keyOperationFields } from '../key/key-input.js';
import { deleteKeysFields, setKeyExpiryFields } from '../key/key-mutations.js';
import { pushListElementsFields } from '../key/list/push-list-elements.js';
import { addSetMembersFields } from '../key/set/set-mutations.js';
import { addSortedSetMembersFields } from '../key/sorted-set/member-mutations.js';
import { setStringFields } from '../key/string/set-string.js';
import { addStreamEntryFields } from '../stream/stream-mutations.js';

const SetStringOperationInputRef = builder.inputType('SetStringOperationInput', {
  description: 'An operation of a transaction: the input of `setString` without the cluster.',
  fields: (t) => ({ ...keyOperationFields(t), ...setStringFields(t) }),
});

const DeleteKeysOperationInputRef = builder.inputType('DeleteKeysOperationInput', {
  description: 'An operation of a transaction: the input of `deleteKeys` without the cluster.',
  fields: (t) => ({ ...deleteKeysFields(t, 'They must belong to the hash slot of the transaction.') }),
});

const SetKeyExpiryOperationInputRef = builder.inputType('SetKeyExpiryOperationInput', {
  description: 'An operation of a transaction: the input of `setKeyExpiry` without the cluster.',
  fields: (t) => ({ ...keyOperationFields(t), ...setKeyExpiryFields(t) }),
});

const IncrementStringOperationInputRef = builder.inputType('IncrementStringOperationInput', {
  description: 'An operation of a transaction: the input of `incrementString` without the cluster.',
  fields: (t) => ({
    ...keyOperationFields(t),
    by: t.field(incrementInput),
  }),
});

const SetHashFieldsOperationInputRef = builder.inputType('SetHashFieldsOperationInput', {
  description: 'An operation of a transaction: the input of `setHashFields` without the cluster.',
  fields: (t) => ({ ...keyOperationFields(t, encodingOfFields), ...setHashFieldsFields(t) }),
});

const DeleteHashFieldsOperationInputRef = builder.inputType('DeleteHashFieldsOperationInput', {
  description: 'An operation of a transaction: the input of `deleteHashFields` without the cluster.',
  fields: (t) => ({ ...keyOperationFields(t, encodingOfFields), ...deleteHashFieldsFields(t) }),
});

const PushListElementsOperationInputRef = builder.inputType('PushListElementsOperationInput', {
  description: 'An operation of a transaction: the input of `pushListElements` without the cluster.',
  fields: (t) => ({ ...keyOperationFields(t), ...pushListElementsFields(t) }),
});

const AddSetMembersOperationInputRef = builder.inputType('AddSetMembersOperationInput', {
  description: 'An operation of a transaction: the input of `addSetMembers` without the cluster.',
  fields: (t) => ({ ...keyOperationFields(t), ...addSetMembersFields(t) }),
});

const AddSortedSetMembersOperationInputRef = builder.inputType('AddSortedSetMembersOperationInput', {
  description: 'An operation of a transaction: the input of `addSortedSetMembers` without the cluster.',
  fields: (t) => ({ ...keyOperationFields(t), ...addSortedSetMembersFields(t) }),
});

const AddStreamEntryOperationInputRef = builder.inputType('AddStreamEntryOperationInput', {
  description: 'An operation of a transaction: the input of `addStreamEntry` without the cluster.',
  fields: (t) => ({ ...addStreamEntryFields(t) }),
});

export const TransactionOperationInputRef = builder.inputType('TransactionOperationInput', {
  description: 'One write of a transaction: exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    setString: t.field({
      type: SetStringOperationInputRef,
      description: 'Sets a string (SET). Its result is the text `OK`, or nothing if the condition is not met.',
    }),
    deleteKeys: t.field({
      type: DeleteKeysOperationInputRef,
      description: 'Deletes keys (UNLINK). Its result is the number of keys that existed.',
    }),
    setKeyExpiry: t.field({
      type: SetKeyExpiryOperationInputRef,
      description:
        'Sets or removes an expiry (PEXPIRE, PEXPIREAT, PERSIST). Its result is 1 if the expiry was changed, otherwise 0.',
    }),
    incrementString: t.field({
      type: IncrementStringOperationInputRef,
      description:
        'Adds to a number. Its result is the new number: an integer (INCRBY), or text (INCRBYFLOAT). To select it requires `keys:read`.',
    }),
    setHashFields: t.field({
      type: SetHashFieldsOperationInputRef,
      description: 'Sets fields of a hash (HSET). Its result is the number of new fields.',
    }),
    deleteHashFields: t.field({
      type: DeleteHashFieldsOperationInputRef,
      description: 'Deletes fields of a hash (HDEL). Its result is the number of fields that existed.',
    }),
    pushListElements: t.field({
      type: PushListElementsOperationInputRef,
      description: 'Adds elements to a list. Its result is the new length.',
    }),
    addSetMembers: t.field({
      type: AddSetMembersOperationInputRef,
      description: 'Adds members to a set (SADD). Its result is the number of new members.',
    }),
    addSortedSetMembers: t.field({
      type: AddSortedSetMembersOperationInputRef,
      description: 'Sets scores of members (ZADD). Its result is the number of new members.',
    }),
    addStreamEntry: t.field({
      type: AddStreamEntryOperationInputRef,
      description: 'Adds an entry to a stream (XADD). Its result is the ID, as text.',
    }),
  }),
});
