import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTime, GraphQLJSON, GraphQLSafeInt } from 'graphql-scalars';
import { isStreamId } from '../../domain/realtime/stream-id.js';
import { builder } from '../builder.js';

/** An ID of a stream entry; which of the special IDs an argument takes is the resolver's to check. */
function parseStreamId(value: unknown): string {
  if (typeof value === 'string' && isStreamId(value)) return value;
  throw new GraphQLError('Expected a stream entry ID such as "1526919030474-55", or one of "$", "0", "-", "+".');
}

const streamId = new GraphQLScalarType({
  name: 'StreamId',
  description: 'A stream entry ID: `<ms>-<seq>`, or where an argument says so `$`, `0`, `-`, `+`.',
  parseValue: parseStreamId,
  parseLiteral: (node) => parseStreamId(node.kind === Kind.STRING ? node.value : undefined),
});

const json = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: 'JSON',
  description: 'Arbitrary JSON (graphql-scalars); own `__proto__` keys are refused.',
});

builder.addScalarType('DateTime', GraphQLDateTime);
builder.addScalarType('SafeInt', GraphQLSafeInt);
builder.addScalarType('JSON', json);
builder.addScalarType('StreamId', streamId);
