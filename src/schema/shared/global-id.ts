import { isObjectType, type GraphQLSchema } from 'graphql';
import { invalidInput } from '../../domain/errors.js';

/** A global ID, read: Base64 of `Typename:id`. */
export interface GlobalId {
  readonly typename: string;
  readonly id: string;
}

/** @throws ExpectedFailure INVALID_INPUT at `path` for a text that this API did not make */
export function decodeGlobalID(globalId: string, path?: readonly string[]): GlobalId {
  const [, typename, id] = /^([A-Z]\w*):(.+)$/s.exec(Buffer.from(globalId, 'base64').toString()) ?? [];
  if (typename === undefined || id === undefined) throw notAnId(path);
  return { typename, id };
}

/** @throws ExpectedFailure INVALID_INPUT at `path` where the ID is of no type that `node` finds */
export function checkNodeType(schema: GraphQLSchema, { typename }: GlobalId, path: readonly string[]): void {
  const type = schema.getType(typename);
  if (isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node')) return;
  throw invalidInput(`Expected the ID of an object that is a Node, got one of another type.`, path);
}

function notAnId(path: readonly string[] | undefined): Error {
  return invalidInput('Expected an ID as this API answers them, received another text.', path);
}
