import { isObjectType, type GraphQLSchema } from 'graphql';
import { invalidInput } from '../../domain/errors.js';

/** A decoded global ID, which is Base64 of `Typename:id`. */
export interface GlobalId {
  readonly typename: string;
  readonly id: string;
}

/** @throws ExpectedFailure INVALID_INPUT at `path` for a text that this API did not encode */
export function decodeGlobalID(globalId: string, path?: readonly string[]): GlobalId {
  const decoded = parseGlobalID(globalId);
  if (decoded) return decoded;
  throw invalidInput('Expected an `id` that this API returned, got another text.', path);
}

/** Undefined for a text that is no global ID. */
export function parseGlobalID(globalId: string): GlobalId | undefined {
  const [, typename, id] = /^([A-Z]\w*):(.+)$/s.exec(Buffer.from(globalId, 'base64').toString()) ?? [];
  return typename === undefined || id === undefined ? undefined : { typename, id };
}

/** @throws ExpectedFailure INVALID_INPUT at `path` if the ID belongs to a type that is no Node */
export function checkNodeType(schema: GraphQLSchema, { typename }: GlobalId, path: readonly string[]): void {
  const type = schema.getType(typename);
  if (isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node')) return;
  throw invalidInput('Expected the `id` of a type that implements Node, got one of another type.', path);
}
