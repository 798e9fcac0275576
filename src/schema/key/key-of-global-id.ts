import { brandWithType } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { Context } from '../../resolvers/shared/context.js';
import { keyOfId } from '../../resolvers/key/key.js';
import type { GlobalId } from '../shared/global-id.js';
import { keySelection } from './key-selection.js';
import { keyTypeOfTypename } from './key-typenames.js';

/**
 * The key of a global ID, or undefined if the ID belongs to another type of object. The plugin's `loadOne` does not know the
 * selection, so that a key deleted between two reads would be half an answer.
 */
export function keyOfGlobalId(
  context: Context,
  { typename, id }: GlobalId,
  info: GraphQLResolveInfo,
): Promise<KeySnapshot | null> | undefined {
  const type = keyTypeOfTypename(typename);
  if (type === undefined) return undefined;
  return keyOfId(context, id, type, keySelection(info, { type })).then((reading) => {
    if (reading) brandWithType(reading, typename as never);
    return reading;
  });
}
