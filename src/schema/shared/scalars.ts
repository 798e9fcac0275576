import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTime, GraphQLJSON, GraphQLSafeInt } from 'graphql-scalars';
import { isStreamId } from '../../domain/realtime/stream-id.js';
import { builder } from '../builder.js';

/** Accepts all special IDs; the resolver checks which ones its argument allows. */
function parseStreamId(value: unknown): string {
  if (typeof value === 'string' && isStreamId(value)) return value;
  throw new GraphQLError('Expected a stream entry ID such as "1526919030474-55", or one of "$", "0", "-" and "+".');
}

const streamId = new GraphQLScalarType({
  name: 'StreamId',
  description: 'A stream entry ID: `<ms>-<seq>`, or, where an argument accepts them, `$`, `0`, `-` and `+`.',
  parseValue: parseStreamId,
  parseLiteral: (node) => parseStreamId(node.kind === Kind.STRING ? node.value : undefined),
});

const json = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: 'JSON',
  description: 'Arbitrary JSON (graphql-scalars). Input with a key `__proto__` is refused.',
});

builder.addScalarType('DateTime', GraphQLDateTime);
builder.addScalarType('SafeInt', GraphQLSafeInt);
builder.addScalarType('JSON', json);
builder.addScalarType('StreamId', streamId);
