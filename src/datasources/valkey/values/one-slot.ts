import calculateSlot from 'cluster-key-slot';
import { ExpectedFailure } from '../../../domain/errors.js';
import type { ValkeyCommands } from '../interfaces.js';

/** A key of an operation, with the path of the input field that names it. */
export interface NamedKey {
  readonly key: Buffer;
  readonly path: readonly string[];
}

/**
 * All keys of one command or transaction must belong to one hash slot if the nodes form a cluster. The node would refuse others too, in
 * words that name no remedy.
 * @throws ExpectedFailure CROSS_SLOT at the path of the first key whose slot is not that of `first`
 */
export function checkOneSlot(
  { isClustered }: Pick<ValkeyCommands, 'isClustered'>,
  first: Buffer,
  others: readonly NamedKey[],
): void {
  if (!isClustered) return;
  const slot = calculateSlot(first);
  const other = others.find(({ key }) => calculateSlot(key) !== slot);
  if (!other) return;
  const message =
    `Expected keys of one hash slot, got slots ${slot} and ${calculateSlot(other.key)}. ` +
    'Names with the same hash tag, such as {cart}:old and {cart}:new, have one slot.';
  throw new ExpectedFailure('CROSS_SLOT', message, { path: other.path });
}
