import { getArgumentValues, isObjectType, type FieldNode, type GraphQLResolveInfo } from 'graphql';
import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { KeyType } from '../../domain/key/key.js';
import type { Context } from '../../resolvers/shared/context.js';
import type { FurtherRead } from '../../resolvers/key/key-selection.js';
import { typenameOf } from './key-typenames.js';

type Read<Args, Result = unknown> = (reading: KeySnapshot, args: Args, context: Context) => Promise<Result>;

/** A field with its place in the operation. */
export type SelectedField = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'schema' | 'variableValues'>;

type Resolver<Args, Result> = (
  reading: KeySnapshot,
  args: Args,
  context: Context,
  info: SelectedField,
) => Promise<Result>;

const reads = new Map<string, Resolver<object, unknown>>();

/**
 * The resolver of a field, on keys of one type, that sends commands of its own. The read also runs before the key is known to exist,
 * so that the key is null if it was deleted or expired before this read.
 */
export function furtherField<Args extends object, Result>(
  type: KeyType,
  field: string,
  read: Read<Args, Result>,
): Read<Args, Result> {
  const once: typeof read = (reading, args, context) =>
    reading.once(idOf(field, args), async () => await read(reading, args, context));
  reads.set(nameOf(type, field), once as Read<object>);
  return once;
}

/** Like `furtherField`, for a read that also depends on the selection below the field. `selected` adds that to the arguments. */
export function furtherFieldBySelection<Args extends Selected, Selected extends object, Result>(
  type: KeyType,
  field: string,
  selected: (info: SelectedField) => Selected,
  read: Read<Args, Result>,
): Resolver<Omit<Args, keyof Selected>, Result> {
  const once: Resolver<object, Result> = (reading, given, context, info) => {
    const args = { ...given, ...selected(info) } as Args;
    return reading.once(idOf(field, args), async () => await read(reading, args, context));
  };
  reads.set(nameOf(type, field), once);
  return once;
}

export function isFurtherRead(type: KeyType, field: string): boolean {
  return reads.has(nameOf(type, field));
}

/** The read of a selected field with the arguments of this request. */
export function furtherRead(
  type: KeyType,
  node: FieldNode,
  { schema, fragments, variableValues }: GraphQLResolveInfo,
): FurtherRead {
  const read = reads.get(nameOf(type, node.name.value));
  const object = schema.getType(typenameOf(type));
  const field = isObjectType(object) ? object.getFields()[node.name.value] : undefined;
  if (!read || !field) throw new Error(`${type} has no further read ${node.name.value}.`);
  const args = getArgumentValues(field, node, variableValues);
  const info = { fieldNodes: [node], fragments, schema, variableValues };
  return { type, read: (reading, context) => read(reading, args, context, info) };
}

function nameOf(type: KeyType, field: string): string {
  return `${type}.${field}`;
}

/** Executors order arguments differently, also those within inputs, and some pass omitted ones as undefined. */
function idOf(field: string, args: object): string {
  return JSON.stringify([field, args], (_name, value: unknown) => {
    // JSON has no infinities: both would be null.
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
