import { expiryCommand } from '../../datasources/valkey/values/expiry-command.js';
import { deleteFieldsCommand, hashWriteCommand } from '../../datasources/valkey/values/hash/hash.js';
import { unlinkCommand } from '../../datasources/valkey/values/keys/keys.js';
import { pushCommand } from '../../datasources/valkey/values/list/list-writes.js';
import { addMembersCommand } from '../../datasources/valkey/values/set/set.js';
import { addScoredMembersCommand } from '../../datasources/valkey/values/sorted-set/add-scored-members-command.js';
import { addEntryCommand } from '../../datasources/valkey/values/streams/entry-writes.js';
import { incrementCommand } from '../../datasources/valkey/values/string/string-writes.js';
import { setCommand } from '../../datasources/valkey/values/string/string.js';
import type { Command } from '../../datasources/valkey/interfaces.js';
import { givenField } from '../../domain/given-field.js';
import { parseIncrement } from '../../domain/key/increment.js';
import { hashWrite } from '../key/hash/hash.js';
import { listPush } from '../key/list/list-writes.js';
import { keysToDelete, newExpiry } from '../key/keys.js';
import { decodeMembers } from '../key/sorted-set/sorted-set-writes.js';
import { stringWrite } from '../key/string/set-string.js';
import { keyToWrite } from '../key/written-key.js';
import { requirePermission } from '../shared/access.js';
import { decodeList } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { newEntry } from '../stream/stream-writes.js';
import type { OperationInputs, TransactionOperationInput } from './operation-inputs.js';

/** One checked operation: a command, and the keys that it names. */
export interface Operation {
  readonly keys: readonly Buffer[];
  readonly command: Command['args'];
  readonly path: readonly string[];
}

/** The place of an operation: its cluster, its path in the input, and whether the caller sees its result. */
export interface Place {
  readonly context: Context;
  readonly cluster: string;
  readonly path: readonly string[];
  readonly showsResult: boolean;
}

type Checked = Pick<Operation, 'keys' | 'command'>;
type Reader<Input> = (input: Input, place: Place) => Checked;

/** Each requires the permission of the mutation of the same name, and checks its input in the same way. */
const readers: { readonly [Name in keyof OperationInputs]: Reader<OperationInputs[Name]> } = {
  setString(input, place) {
    const key = keyOf(input, place);
    const { context, cluster, path } = place;
    if (input.ifEquals != null) requirePermission(context, 'keys:read', { cluster, key });
    return { keys: [key], command: setCommand(stringWrite(key, input, path)) };
  },
  deleteKeys(input, { context, cluster, path }) {
    const keys = keysToDelete(context, { ...input, cluster }, path);
    return { keys, command: unlinkCommand(keys) };
  },
  setKeyExpiry(input, place) {
    const key = keyOf(input, place);
    return { keys: [key], command: expiryCommand(key, newExpiry(input.expiry, place.path)) };
  },
  incrementString(input, place) {
    const key = keyOf(input, place);
    const { context, cluster, showsResult } = place;
    if (showsResult) requirePermission(context, 'keys:read', { cluster, key });
    return { keys: [key], command: incrementCommand(key, parseIncrement(input.by, [...place.path, 'by'])) };
  },
  setHashFields(input, place) {
    const key = keyOf(input, place);
    return { keys: [key], command: hashWriteCommand(hashWrite(key, input, place.path)) };
  },
  deleteHashFields(input, place) {
    const key = keyOf(input, place);
    const names = decodeList(input.fields, input.encoding, [...place.path, 'fields']);
    return { keys: [key], command: deleteFieldsCommand(key, names) };
  },
  pushListElements(input, place) {
    const key = keyOf(input, place);
    return { keys: [key], command: pushCommand(listPush(key, input, place.path)) };
  },
  addSetMembers(input, place) {
    const key = keyOf(input, place);
    const members = decodeList(input.members, input.valueEncoding, [...place.path, 'members']);
    return { keys: [key], command: addMembersCommand(key, members) };
  },
  addSortedSetMembers(input, place) {
    const key = keyOf(input, place);
    const members = decodeMembers(input, [...place.path, 'members']);
    return { keys: [key], command: addScoredMembersCommand({ key, members, condition: input.condition ?? undefined }) };
  },
  addStreamEntry(input, { context, cluster, path }) {
    const entry = newEntry(context, { ...input, cluster }, path);
    return { keys: [entry.stream], command: addEntryCommand(entry) };
  },
};

function keyOf(input: { readonly key: string; readonly encoding: 'UTF8' | 'BASE64' | 'HEX' }, place: Place): Buffer {
  const { context, cluster, path } = place;
  return keyToWrite(context, { cluster, key: input.key, encoding: input.encoding }, path).key;
}

/**
 * Checks one operation of a transaction.
 * @throws ExpectedFailure INVALID_INPUT below `path`; Outage FORBIDDEN
 */
export function readOperation(input: TransactionOperationInput, place: Place): Operation {
  const { path } = place;
  const name = givenField(input, Object.keys(readers) as (keyof OperationInputs)[], path);
  const reader = readers[name] as Reader<unknown>;
  return { ...reader(input[name], { ...place, path: [...path, name] }), path };
}
