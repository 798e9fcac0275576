import type { ExpiryInput } from '../../domain/key/expiry.js';
import type { DeleteHashFieldsInput, SetHashFieldsInput } from '../key/hash/hash.js';
import type { DeleteKeysInput } from '../key/keys.js';
import type { PushListElementsInput } from '../key/list/list-writes.js';
import type { Members } from '../key/set/set.js';
import type { AddSortedSetMembersInput } from '../key/sorted-set/sorted-set-writes.js';
import type { SetStringInput } from '../key/string/set-string.js';
import type { KeyInput } from '../key/written-key.js';
import type { AddStreamEntryInput } from '../stream/stream-writes.js';

type KeyOperation = Omit<KeyInput, 'cluster'>;

interface SetKeyExpiryOperation extends KeyOperation {
  readonly expiry: ExpiryInput;
}

interface IncrementStringOperation extends KeyOperation {
  readonly by: string;
}

/** The inputs of the operations: those of the mutations of the same name, without the cluster. */
export interface OperationInputs {
  readonly setString: Omit<SetStringInput, 'cluster'>;
  readonly deleteKeys: Omit<DeleteKeysInput, 'cluster'>;
  readonly setKeyExpiry: SetKeyExpiryOperation;
  readonly incrementString: IncrementStringOperation;
  readonly setHashFields: Omit<SetHashFieldsInput, 'cluster'>;
  readonly deleteHashFields: Omit<DeleteHashFieldsInput, 'cluster'>;
  readonly pushListElements: Omit<PushListElementsInput, 'cluster'>;
  readonly addSetMembers: Omit<KeyInput & Members, 'cluster'>;
  readonly addSortedSetMembers: Omit<AddSortedSetMembersInput, 'cluster'>;
  readonly addStreamEntry: Omit<AddStreamEntryInput, 'cluster'>;
}

/** Exactly one of the operations. */
export type TransactionOperationInput = {
  readonly [Name in keyof OperationInputs]?: OperationInputs[Name] | null | undefined;
};
