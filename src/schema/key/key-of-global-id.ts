import { brandWithType } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { Context } from '../../resolvers/shared/context.js';
import { keyOfId } from '../../resolvers/key/key.js';
import type { GlobalId } from '../shared/global-id.js';
import { keySelection } from './key-selection.js';
import { keyTypeOfTypename } from './key-typenames.js';

/**
 * The key of a global ID, or undefined for an ID of another type of object. Not by the plugin's `loadOne`, which does not know what is
 * selected: a key that goes while the rest is read would be answered by halves.
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
